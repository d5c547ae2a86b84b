"""A server that does not start leaves nothing behind; one that is stopped while it starts ends well."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from .serving import DidNotStart, Server
from .talking import Client
from .test_hostile_bytes import within


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody has."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        yield sock.getsockname()[1]


@pytest.mark.parametrize("host", ["127.0.0.1", "::", "localhost, 127.0.0.1"])
def test_a_server_makes_no_folder_before_it_has_the_port(tmp_path: Path, taken: int, host: str) -> None:
    server = Server(tmp_path / "data", host=host)
    server.port = taken
    server.launch()
    assert server.wait_ended() == 1
    assert f"port {taken}: Address already in use" in server.output()
    assert not server.data.exists()


def test_a_second_one_on_the_same_folder_hears_of_the_first(tmp_path: Path) -> None:
    """The port is taken, too; but that is not what the admin must know."""
    server = Server(tmp_path / "data").start()
    try:
        second = Server(tmp_path / "data")
        second.log, second.port = tmp_path / "second.log", server.port
        second.launch()
        assert second.wait_ended() == 1
        (line,) = second.output().splitlines()
        assert f"another chatd (process {server.pid}) runs on {server.data}" in line
        other_port = Server(tmp_path / "data")
        with pytest.raises(DidNotStart, match="another chatd"):
            other_port.start()
        with closing(Client.operator(server)) as operator:
            assert operator.ask("server.check")["ok"], "the first one goes on"
        assert server.stop() == 0
    finally:
        server.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_may_be_stopped_while_it_starts(tmp_path: Path, number: signal.Signals) -> None:
    server = Server(tmp_path / "data")
    server.launch()
    try:
        assert within(30, (server.data / "lock").exists)
        assert server.process is not None
        server.process.send_signal(number)
        assert server.wait_ended() == 0
        assert "Traceback" not in server.output()
        server.start()
        assert server.stop() == 0
    finally:
        server.kill()

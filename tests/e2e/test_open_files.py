"""What runs out comes back: with no open file left the server says so once, goes on, and accepts again."""

from __future__ import annotations

import json
import socket
from contextlib import ExitStack, suppress

import pytest
import trio
from trio.testing import MockClock

from chatd.gateway.net.open_files import SAID_AGAIN, OpenFiles
from chatd.log import log

from .conftest import Serve
from .serving import Server
from .talking import Client
from .test_hostile_bytes import within
from .town import Town

FILES = 100
BOUNDED = f"""
import resource, runpy
resource.setrlimit(resource.RLIMIT_NOFILE, ({FILES}, {FILES}))
runpy.run_module("chatd.cli", run_name="__main__")
"""


@pytest.fixture
def bounded(serve: Serve) -> Server:
    return serve(program=("-c", BOUNDED), head_deadline=60)


def lines(server: Server) -> list[str]:
    """What it logged: each line is an object, so a traceback is none."""
    return [json.loads(line)["event"] for line in server.log.read_text().splitlines()]


def answers(server: Server) -> bool:
    """Whether a new connection is served."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", server.port), 1) as peer:
        peer.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return peer.recv(64).startswith(b"HTTP/1.1 200")
    return False


def test_with_no_file_left_it_goes_on_and_takes_connections_again(bounded: Server) -> None:
    town = Town(bounded)
    room = town.room()
    ann = town.open(town.owner)
    ann.ask("room.join", room=room)
    with ExitStack() as crowd:
        for _ in range(FILES):
            crowd.enter_context(socket.create_connection(("127.0.0.1", bounded.port), 5))
        assert within(30, lambda: "out_of_files" in lines(bounded)), bounded.output()
        ann.ask("message.post", room=room, text="who is here, talks on")
        assert not answers(bounded)
        operator = Client.operator(bounded)
        assert operator.ask("server.status")["position"] > 0, "there is a file for who looks after the server"
        assert operator.ask("server.top")["memory"] > 0
        assert "LimitNOFILE" in operator.ask("server.status")["problems"][0]
        findings = operator.ask("server.check")["findings"]
        assert all(";" in finding for finding in findings)
        assert "LimitNOFILE" in findings[0]
        operator.close()
    assert within(30, lambda: answers(bounded))
    late = town.open(town.owner)
    assert late.ask("room.history", room=room)["messages"][0]["text"] == "who is here, talks on"
    assert lines(bounded).count("out_of_files") == 1
    town.close()


async def test_a_shortage_of_files_is_said_once_a_minute(autojump_clock: MockClock) -> None:
    open_files, none_left = OpenFiles(), OSError(24, "Too many open files")
    with log.captured() as said:
        for _ in range(100):
            assert open_files.explain(none_left)
        assert open_files.explain(ExceptionGroup("of one connection", [none_left, none_left]))
        assert len(said) == 1
        await trio.sleep(SAID_AGAIN)
        assert open_files.explain(none_left)
        assert len(said) == 2
        assert not open_files.explain(OSError(2, "No such file"))
        assert not open_files.explain(ExceptionGroup("of one connection", [none_left, ValueError()]))

"""What systemd is told, and what it hands over: signs of life, reloads, a socket that outlives a restart."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from . import stuck_writer
from .serving import DidNotStart, Server

DEADLINE: Final = 60.0
WATCHDOG: Final = 1.0  # seconds
RESTARTS: Final = 3
# What systemd does before it starts a service: the socket becomes file 3, the variables name this process.
ACTIVATED: Final = 'exec 3<&{0} {0}<&-; LISTEN_PID=${1} LISTEN_FDS=1 exec {2} -m chatd.cli "$@"'


class Manager:
    """The end of the notification socket that systemd has."""

    def __init__(self, place: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(place))
        self._socket.settimeout(DEADLINE)

    def told(self, seconds: float = DEADLINE) -> str:
        """The next message. Raises TimeoutError."""
        self._socket.settimeout(seconds)
        return self._socket.recv(4096).decode()

    def wait(self, word: str) -> str:
        """The next message with this word, past all others."""
        while word not in (said := self.told()):
            pass
        return said

    def wait_silence(self, seconds: float) -> None:
        """Past all that was under way, until nothing came for so long."""
        try:
            while self.told(seconds):
                pass
        except TimeoutError:
            return

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Manager]:
    place = tmp_path / "notify"
    manager = Manager(place)
    monkeypatch.setenv("NOTIFY_SOCKET", str(place))
    yield manager
    manager.close()


def test_start_reload_and_end_are_told(manager: Manager, tmp_path: Path) -> None:
    server = Server(tmp_path / "data").start()
    assert manager.told() == "READY=1"
    os.kill(server.pid, signal.SIGHUP)
    assert manager.told().startswith("RELOADING=1\nMONOTONIC_USEC=")
    assert manager.told() == "READY=1"
    assert server.stop() == 0
    assert manager.told() == "STOPPING=1"


def test_a_log_writer_that_hangs_gives_no_sign_of_life(
    manager: Manager, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = tmp_path / "stuck"
    monkeypatch.setenv(stuck_writer.VARIABLE, str(stuck))
    monkeypatch.setenv("WATCHDOG_USEC", str(int(WATCHDOG * 1_000_000)))
    server = Server(tmp_path / "data", program=(stuck_writer.__file__,)).start()
    for _ in range(3):
        manager.wait("WATCHDOG=1")
    stuck.touch()
    command = [sys.executable, "-m", "chatctl.cli", "--data", str(server.data), "account", "create", "ada"]
    waiting = subprocess.Popen([*command, "--no-password"], stderr=subprocess.DEVNULL)
    manager.wait_silence(2 * WATCHDOG)
    server.kill()
    assert waiting.wait(DEADLINE) == 1


def test_what_a_watchdog_ends_says_where_each_thread_was(tmp_path: Path) -> None:
    server = Server(tmp_path / "data").start()
    os.kill(server.pid, signal.SIGABRT)
    assert server.wait_ended() == -signal.SIGABRT
    assert "Current thread 0x" in server.output()
    assert "chatd/app.py" in server.output()


def test_a_loop_that_hangs_gives_no_sign_of_life(
    manager: Manager, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", str(int(WATCHDOG * 1_000_000)))
    server = Server(tmp_path / "data").start()
    manager.wait("WATCHDOG=1")
    os.kill(server.pid, signal.SIGSTOP)
    manager.wait_silence(2 * WATCHDOG)
    os.kill(server.pid, signal.SIGCONT)
    manager.wait("WATCHDOG=1")
    server.kill()


def test_who_is_not_meant_feeds_no_watchdog(
    manager: Manager, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "100000")
    monkeypatch.setenv("WATCHDOG_PID", "1")
    server = Server(tmp_path / "data").start()
    assert manager.told() == "READY=1"
    server.stop()
    assert manager.told() == "STOPPING=1"


# --- the socket that it keeps


def activated(folder: Path, kept: socket.socket, process: str = "$") -> Server:
    """A server that is handed this socket, for the process with this id; `$` is itself."""
    command = ACTIVATED.format(kept.fileno(), process, sys.executable)
    server = Server(folder / "data", executable="/bin/bash", program=("-c", command, "chatd"))
    server.handed = (kept.fileno(),)
    return server


def test_who_connects_during_a_restart_is_answered(tmp_path: Path) -> None:
    """Without a pause, through three restarts: nobody is refused, and nobody goes without an answer."""
    with socket.create_server(("127.0.0.1", 0)) as kept:
        address = kept.getsockname()
        answers: list[str] = []
        done = threading.Event()

        def connect() -> None:
            while not done.is_set():
                try:
                    with socket.create_connection(address, DEADLINE) as asker:
                        asker.sendall(
                            b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                        )
                        answers.append(asker.recv(64).split(b"\r\n")[0].decode() or "nothing")
                except OSError as error:
                    answers.append(repr(error))

        server = activated(tmp_path, kept).start()
        assert server.port == address[1]
        askers = [threading.Thread(target=connect) for _ in range(2)]
        for asker in askers:
            asker.start()
        try:
            for _ in range(RESTARTS):
                assert server.stop() == 0
                server.start()
        finally:
            done.set()
            for asker in askers:
                asker.join()
            server.kill()
    assert set(answers) == {"HTTP/1.1 200 OK"}, {answer: answers.count(answer) for answer in set(answers)}


def test_what_is_for_another_process_is_left_alone(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as kept:
        server = activated(tmp_path, kept, "PPID").start()
        assert server.port != kept.getsockname()[1]
        server.kill()


@pytest.mark.parametrize("kind", ["unix", "datagram", "not listening"])
def test_a_socket_that_is_not_for_tcp_is_refused_with_what_the_unit_needs(tmp_path: Path, kind: str) -> None:
    family = socket.AF_UNIX if kind == "unix" else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM if kind == "datagram" else socket.SOCK_STREAM) as kept:
        if kind == "unix":
            kept.bind(str(tmp_path / "socket"))
            kept.listen()
        server = activated(tmp_path, kept)
        with pytest.raises(DidNotStart, match="ListenStream=127"):
            server.start()
        assert not server.data.exists()

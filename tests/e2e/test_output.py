"""A side channel that fails takes nothing down: log lines may be lost, the chat goes on."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from chatd.output import PIPE_BUF, Output
from chatd.store.ops import migrate

from .serving import STOP_DEADLINE
from .talking import Client
from .test_hostile_bytes import within


class Started:
    """A server whose output is what the test says, found by its admin socket."""

    rate_limits = False

    def __init__(self, data: Path, shell: str, stderr: int | None = None) -> None:
        self.data = data
        self.admin_socket = data / "admin.sock"
        command = f'exec "$0" -m chatd.cli serve --data "$1" --port 0 {shell}'
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CHATD_")}
        self.process = subprocess.Popen(
            ["sh", "-c", command, sys.executable, str(data)],
            env={**environment, "CHATD_LOG_LEVEL": "info"},
            stderr=stderr,
        )

    def operator(self) -> Client:
        found: list[Client] = []

        def dialled() -> bool:
            with suppress(OSError):
                found.append(Client.operator(self))
            return bool(found)

        assert within(30, dialled), f"it did not start: exit {self.process.poll()}"
        return found[0]

    def levelled(self, port: int) -> None:
        """It has no companions to be level with."""

    def answered(self, port: int) -> None:
        """Nobody else has to hear of it."""

    def log_something(self, operator: Client) -> None:
        """What anybody can have logged."""
        port = operator.ask("server.status")["address"].rsplit(":", 1)[1]
        with socket.create_connection(("127.0.0.1", port)) as peer:
            peer.sendall(
                b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.7\r\n"
                b"Connection: close\r\n\r\n"
            )
            while peer.recv(4096):
                pass

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def end(self) -> int:
        self.process.terminate()
        return self.process.wait(STOP_DEADLINE)


@pytest.fixture
def at_end() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.mark.parametrize("shell", [">&-", "2>&-", ">&- 2>&- <&-", ">/dev/full", "2>/dev/full"])
def test_a_server_serves_with_no_output_at_all(tmp_path: Path, at_end: ExitStack, shell: str) -> None:
    server = Started(tmp_path / "data", shell)
    at_end.callback(server.kill)
    operator = server.operator()
    server.log_something(operator)
    operator.ask("account.create", name="ann")
    assert (operator.ask("server.status")["log_lines_lost"] > 0) is ("2>" in shell)
    operator.close()
    assert server.end() == 0


def test_a_server_serves_after_the_reader_of_its_log_has_gone(tmp_path: Path, at_end: ExitStack) -> None:
    reading, writing = os.pipe()
    server = Started(tmp_path / "data", "", stderr=writing)
    at_end.callback(server.kill)
    os.close(writing)
    operator = server.operator()
    os.close(reading)
    before = operator.ask("server.status")["log_lines_lost"]
    server.log_something(operator)
    operator.ask("account.create", name="ann")
    assert operator.ask("server.status")["log_lines_lost"] > before
    operator.close()
    assert server.end() == 0


def test_a_server_serves_while_the_reader_of_its_log_stands_still(tmp_path: Path, at_end: ExitStack) -> None:
    reading, writing = os.pipe()
    at_end.callback(os.close, reading)
    os.write(writing, bytes(fcntl.fcntl(writing, fcntl.F_GETPIPE_SZ)))  # there is no more space in it
    server = Started(tmp_path / "data", "", stderr=writing)
    at_end.callback(server.kill)
    os.close(writing)
    operator = server.operator()
    server.log_something(operator)
    operator.ask("account.create", name="ann")
    assert operator.ask("server.status")["log_lines_lost"] > 0
    operator.close()
    assert server.end() == 0


def test_a_line_that_was_cut_does_not_run_into_the_next(at_end: ExitStack) -> None:
    reading, writing = os.pipe()
    at_end.callback(os.close, reading)
    at_end.callback(os.close, writing)
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, PIPE_BUF)
    output = Output(writing)
    output.write("x" * 2 * PIPE_BUF + "\n")
    output.write("lost\n")
    assert output.lost == 2
    assert os.read(reading, 3 * PIPE_BUF) == b"x" * PIPE_BUF
    output.write("whole\n")
    assert os.read(reading, PIPE_BUF) == b"\nwhole\n"
    assert output.lost == 2


@pytest.mark.parametrize("words", [("check",), ("schema",), ("upgrade", "--rehearse", "--data", "FOLDER")])
@pytest.mark.parametrize(
    ("shell", "status", "said"),
    [
        (">&-", 0, ""),
        (">/dev/full", 1, "chatd: cannot write the output: No space left on device\n"),
        ("", 141, ""),  # a pipe that nobody reads
    ],
)
def test_a_command_whose_output_nobody_takes_says_so_in_a_line_and_a_status(
    tmp_path: Path, words: tuple[str, ...], shell: str, status: int, said: str
) -> None:
    migrate.prepare(tmp_path / "chatd.db")
    reading, writing = os.pipe()
    os.close(reading)
    words = tuple(word.replace("FOLDER", str(tmp_path)) for word in words)
    command = ["sh", "-c", f'exec "$@" {shell}', "sh", sys.executable, "-m", "chatd.cli", *words]
    plain = {name: value for name, value in os.environ.items() if not name.startswith("CHATD_")}
    ended = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=60, env=plain)
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (status, said)

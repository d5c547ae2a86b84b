"""Entries of the log in systemd's journal: their fields are the journal's own."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatd.log import Log
from chatd.log import logger as module
from chatd.log.system_journal import SystemJournal, open_journal


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "socket"


@pytest.fixture
def journald(place: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as there:
        there.bind(str(place))
        there.setblocking(False)
        yield there


@pytest.fixture
def log(journald: socket.socket, place: Path) -> Iterator[Log]:
    log = Log()
    log.configure("info", False, SystemJournal(str(place)))
    yield log
    log.configure("info", False)


@pytest.fixture
def stderr(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    lines: list[str] = []

    class Stderr:
        write = staticmethod(lines.append)

    monkeypatch.setattr(module, "STDERR", Stderr)
    return lines


def fields(datagram: bytes) -> dict[str, str]:
    """As journald reads them."""
    found = {}
    while datagram:
        name, _, rest = datagram.partition(b"\n")
        size = int.from_bytes(rest[:8], "little")
        found[name.decode()] = rest[8 : 8 + size].decode()
        assert rest[8 + size : 9 + size] == b"\n"
        datagram = rest[9 + size :]
    return found


def test_an_entry_has_its_fields_and_its_priority(
    log: Log, journald: socket.socket, stderr: list[str]
) -> None:
    log.warning("host_refused", host="a\nPRIORITY=0", count=3, names=["a", "b"])
    found = fields(journald.recv(65536))
    assert found["PRIORITY"] == "4"
    assert found["CHATD_EVENT"] == "host_refused"
    assert found["CHATD_HOST"] == "a\nPRIORITY=0"
    assert found["CHATD_COUNT"] == "3"
    assert found["CHATD_NAMES"] == '["a", "b"]'
    assert found["MESSAGE"].startswith('{"host": "a\\nPRIORITY=0"')
    assert found["SYSLOG_IDENTIFIER"] == "chatd"
    assert stderr == []


def test_names_are_such_as_the_journal_takes(log: Log, journald: socket.socket) -> None:
    log.info("odd", **{"a-b.c é": 1, "n" * 100: 2})
    found = fields(journald.recv(65536))
    assert found["CHATD_A_B_C__"] == "1"
    assert max(map(len, found)) == 64


def test_an_exception_is_a_field(log: Log, journald: socket.socket) -> None:
    try:
        raise ValueError("no")
    except ValueError:
        log.exception("failed")
    assert '"exc_type": "ValueError"' in fields(journald.recv(65536))["CHATD_EXCEPTION"]


def test_what_the_journal_does_not_take_goes_to_stderr(
    log: Log, journald: socket.socket, stderr: list[str]
) -> None:
    """Larger than a datagram; and more than it has read so far."""
    log.info("large", text="x" * 1_000_000)
    assert '"event": "large"' in stderr.pop()
    while not stderr:
        log.info("many")
    assert '"event": "many"' in stderr[0]


def test_only_a_stderr_that_leads_to_the_journal_is_one(
    journald: socket.socket, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service may send its stderr elsewhere; the variable stays."""
    with (tmp_path / "stderr").open("w") as file:
        monkeypatch.delenv("JOURNAL_STREAM", raising=False)
        assert open_journal(file.fileno(), str(place)) is None
        monkeypatch.setenv("JOURNAL_STREAM", "8:1")
        assert open_journal(file.fileno(), str(place)) is None
        status = os.fstat(file.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{status.st_dev}:{status.st_ino}")
        assert open_journal(file.fileno(), str(tmp_path / "nowhere")) is None
        journal = open_journal(file.fileno(), str(place))
    assert journal is not None
    journal.close()

"""The journal of systemd, where stderr leads to it: entries of the log with fields that journalctl finds.

Its native protocol: one datagram an entry. What it does not take goes to stderr, and so into the same journal
without fields.
"""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Mapping
from typing import Any, Final

SOCKET: Final = "/run/systemd/journal/socket"
PRIORITIES: Final = {"debug": 7, "info": 6, "warning": 4, "error": 3}  # syslog(3)
LONGEST_NAME: Final = 64  # of a field, as journald takes it
_STRANGE: Final = re.compile(r"[^A-Z0-9_]")


class SystemJournal:
    """May be used from every thread. It never waits and never raises."""

    def __init__(self, path: str = SOCKET) -> None:
        """Raises OSError."""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        try:
            self._socket.connect(path)
        except OSError:
            self._socket.close()
            raise

    def send(self, line: str, entry: Mapping[str, Any]) -> bool:
        """Whether the journal took it: `line` to be read, and the entry's fields as `CHATD_…`."""
        fields = {
            "MESSAGE": line,
            "PRIORITY": str(PRIORITIES[entry["level"]]),
            "SYSLOG_IDENTIFIER": "chatd",
            **{_name(name): _text(value) for name, value in entry.items() if name != "timestamp"},
        }
        try:
            self._socket.send(b"".join(_field(name, text) for name, text in fields.items()))
        except OSError:  # it is full, larger than a datagram, or gone
            return False
        return True

    def close(self) -> None:
        self._socket.close()


def open_journal(fd: int, path: str = SOCKET) -> SystemJournal | None:
    """The journal, if this file leads to it and it can be reached."""
    status = os.fstat(fd)
    if os.environ.get("JOURNAL_STREAM") != f"{status.st_dev}:{status.st_ino}":
        return None
    try:
        return SystemJournal(path)
    except OSError:
        return None


def _name(name: str) -> str:
    return f"CHATD_{_STRANGE.sub('_', name.upper())}"[:LONGEST_NAME]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=repr)


def _field(name: str, text: str) -> bytes:
    """With its size before it, so that no line's end in it can begin another field."""
    content = text.encode(errors="backslashreplace")
    return name.encode() + b"\n" + len(content).to_bytes(8, "little") + content + b"\n"

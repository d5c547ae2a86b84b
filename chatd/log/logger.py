"""The server's log: one line for each event, with fields; for people on a terminal, JSON everywhere else. In
systemd's journal the fields are the entry's own, too.

A line that belongs to a request says to which: `session` and `request`, see `chatd.current.request`.

It is written here, because a library for it would be an eighth of what a server loads and keeps in memory.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from traceback import format_exception
from typing import Any, Final

from chatd.current.request import current_request
from chatd.log.system_journal import SystemJournal
from chatd.log.tracebacks import traceback_rows
from chatd.output import STDERR

Entry = dict[str, Any]

LEVELS: Final = ("debug", "info", "warning", "error")
EVENT_WIDTH: Final = 30  # columns that an event takes on a terminal
_RED, _GREEN, _YELLOW, _CYAN, _MAGENTA = (f"\033[{color}m" for color in (31, 32, 33, 36, 35))
_BRIGHT, _DIM, _PLAIN = "\033[1m", "\033[2m", "\033[0m"
_COLORS: Final = {"debug": _GREEN, "info": _GREEN, "warning": _YELLOW, "error": _RED}


class Log:
    """Methods may be called from every thread. They never raise and never wait."""

    def __init__(self) -> None:
        self.debugs = False  # whether `debug` says anything: who asks first saves gathering its fields
        self._least = LEVELS.index("info")
        self._write: Callable[[Entry, BaseException | None], None] = self._as_json
        self._lock = threading.Lock()
        self._journal: SystemJournal | None = None

    def configure(self, level: str, terminal: bool, journal: SystemJournal | None = None) -> None:
        """`level`: one of LEVELS, the least that is logged."""
        if self._journal is not None:
            self._journal.close()
        self._journal = journal
        self._least = LEVELS.index(level)
        self.debugs = self._least == 0
        self._write = self._for_people if terminal else self._as_json

    def debug(self, event: str, /, **fields: Any) -> None:
        self._add("debug", event, fields)

    def info(self, event: str, /, **fields: Any) -> None:
        self._add("info", event, fields)

    def warning(self, event: str, /, **fields: Any) -> None:
        self._add("warning", event, fields)

    def error(self, event: str, /, **fields: Any) -> None:
        self._add("error", event, fields)

    def exception(self, event: str, /, **fields: Any) -> None:
        """An error, with the exception that is being handled."""
        self._add("error", event, fields, sys.exception())

    @contextmanager
    def captured(self) -> Iterator[list[Entry]]:
        """What is logged meanwhile, on every level, instead of writing it. For tests, and for commands that
        say it themselves."""
        before = self._least, self._write
        entries: list[Entry] = []
        self._least, self._write = 0, lambda entry, error: entries.append(entry)
        try:
            yield entries
        finally:
            self._least, self._write = before

    def _add(self, level: str, event: str, fields: Entry, error: BaseException | None = None) -> None:
        if LEVELS.index(level) >= self._least:
            time = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            request = current_request()
            about = {} if request is None else request.fields()
            self._write({**about, **fields, "event": event, "level": level, "timestamp": time}, error)

    def _as_json(self, entry: Entry, error: BaseException | None) -> None:
        if error is not None:
            entry["exception"] = traceback_rows(error)
        line = json.dumps(entry, default=repr)
        if self._journal is None or not self._journal.send(line, entry):
            self._put(line)

    def _for_people(self, entry: Entry, error: BaseException | None) -> None:
        self._put(
            _line(entry) + ("" if error is None else "\n" + "".join(format_exception(error)).rstrip("\n"))
        )

    def _put(self, line: str) -> None:
        with self._lock:
            STDERR.write(line + "\n")


def _line(entry: Mapping[str, Any]) -> str:
    head = {"event", "level", "timestamp"}
    level, event = entry["level"], entry["event"]
    return " ".join(
        (
            f"{_DIM}{entry['timestamp']}{_PLAIN}",
            f"[{_COLORS[level]}{_BRIGHT}{level:<9}{_PLAIN}]",
            f"{_BRIGHT}{event:<{EVENT_WIDTH}}{_PLAIN}",
            *(
                f"{_CYAN}{name}{_PLAIN}={_MAGENTA}{_shown(entry[name])}{_PLAIN}"
                for name in sorted(entry.keys() - head)
            ),
        )
    )


def _shown(value: Any) -> str:
    """Words as they are, everything else as Python writes it: no value can pass for two, or for a line."""
    if isinstance(value, str) and not any(sign in value for sign in " \t=\r\n\"'") and value.isprintable():
        return value
    return repr(value)


log: Final = Log()

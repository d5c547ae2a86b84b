"""What does not fit into memory, for as long as a command runs: a database that has no name."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any, Final

from chatctl.failure import Failed

CACHE: Final = 16  # MiB of it in memory; beyond them SQLite uses a file without a name
FULL: Final = (
    "the disk of temporary files is full: make room on it, or name a folder elsewhere in SQLITE_TMPDIR"
)


class Scratch(sqlite3.Connection):
    """Raises Failed where the disk is full."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        try:
            return super().execute(sql, parameters)
        except sqlite3.OperationalError as error:
            raise _in_words(error) from error

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        try:
            return super().executemany(sql, parameters)
        except sqlite3.OperationalError as error:
            raise _in_words(error) from error


def scratch_database(tables: str) -> Scratch:
    """A new database with these tables, in a transaction that never ends. Threads use it one at a time."""
    database = sqlite3.connect("", isolation_level=None, check_same_thread=False, factory=Scratch)
    database.executescript(f"PRAGMA journal_mode=OFF; PRAGMA cache_size=-{CACHE * 1024}; {tables}; BEGIN")
    return database


def _in_words(error: sqlite3.OperationalError) -> Exception:
    return Failed(FULL) if error.sqlite_errorcode == sqlite3.SQLITE_FULL else error

"""What does not fit into memory, for as long as a command runs: a database that has no name."""

from __future__ import annotations

import sqlite3
from typing import Final

CACHE: Final = 16  # MiB of it in memory; beyond them SQLite uses a file without a name


def scratch_database(tables: str) -> sqlite3.Connection:
    """A new database with these tables, in a transaction that never ends. Threads use it one at a time."""
    database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    database.executescript(f"PRAGMA journal_mode=OFF; PRAGMA cache_size=-{CACHE * 1024}; {tables}; BEGIN")
    return database

"""One look at a database for a standby: the rest of the log, and the tables that do not follow from it.

The look is fixed between two transactions, so what it shows is exactly what was there after one of them; the
standby goes on with the next. It is written to a file at the speed of the disk, and only then sent: a slow
network must not keep the write-ahead log from being emptied.
"""

# ruff: noqa: S608 - statements are put together from names in the schema only; values are bound

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

import msgspec
import trio

from chatd.store.connection import BUSY_SECONDS, closed_on_error
from chatd.store.ops.cut import OWN, REPLAYED, TABLES

EVENTS: Final = 1_000  # in one record
ROWS: Final = 1_000
CLUSTER_KEY: Final = "cluster_key"  # all later ones are made of it, so it stays with those that replace it
LENGTH: Final = 4  # bytes, big-endian, before each record
BY_POSITION: Final = """
    SELECT position, stream, seq, type, at, by, data, body, hash, salt, text, coalesce(erased, 0)
    FROM events LEFT JOIN body_rows USING (position) WHERE position > ? ORDER BY position LIMIT ?
"""


def fixed_reader(path: Path) -> sqlite3.Connection:
    """A connection that goes on seeing what is there now. For any thread."""
    uri = path.absolute().as_uri() + "?mode=ro"
    connection = sqlite3.connect(
        uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    with closed_on_error(connection):
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return connection


def events_after(connection: sqlite3.Connection, position: int, most: int) -> list[tuple[Any, ...]]:
    return connection.execute(BY_POSITION, (position, most)).fetchall()


def tables_beside_log(connection: sqlite3.Connection) -> list[str]:
    """The tables that do not follow from the log, are no cache, and are not the nodes' alone."""
    return [name for (name,) in connection.execute(TABLES) if name not in (*REPLAYED, *OWN, CLUSTER_KEY)]


def write_look(connection: sqlite3.Connection, after: int, first: dict[str, Any], file: IO[bytes]) -> None:
    """Records, each with its length before it: `first`, then `["events", rows]`, `["rows", table, rows]`, and
    `["end"]`. Runs in a thread of trio's."""
    for record in (first, *(_records(connection, after))):
        data = msgspec.msgpack.encode(record)
        file.write(len(data).to_bytes(LENGTH, "big") + data)


def _records(connection: sqlite3.Connection, after: int) -> Iterator[list[Any]]:
    while found := events_after(connection, after, EVENTS):
        trio.from_thread.check_cancelled()
        yield ["events", found]
        after = found[-1][0]
    for table in tables_beside_log(connection):
        rows = connection.execute(f"SELECT * FROM {table}")
        while some := rows.fetchmany(ROWS):
            trio.from_thread.check_cancelled()
            yield ["rows", table, some]
    yield ["end"]

"""Answers of many rows in one row.

Python gives up its interpreter lock around every step of a statement, and takes up to 5 ms to get it
back while the event loop is busy. A page of fifty rows, fetched row by row, would wait fifty times;
so SQLite folds the page into one JSON text, and one step fetches it.
"""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

import msgspec

from chatd.contract.fields import HASH_BYTES
from chatd.domain.event import Event
from chatd.ports import Row

EVENT = "position, stream, seq, type, at, by, data, text, hash"

_events = msgspec.json.Decoder(list[tuple[int, str, int, str, int, str, dict[str, Any], str | None, str]])
SHOWN_HASH = f"lower(hex(substr(hash, 1, {HASH_BYTES})))"

decode_rows = msgspec.json.Decoder(list[Row]).decode
decode_row = msgspec.json.Decoder(Row).decode
decode_strings = msgspec.json.Decoder(list[str]).decode


def folded(query: str, columns: Iterable[str], flags: Iterable[str] = (), nested: Iterable[str] = ()) -> str:
    """SQL that answers with all rows of `query` as one JSON array of objects.

    The columns in `flags` are 0 or 1 in the tables and true or false in the answer; those in `nested`
    are JSON already, and NULL for an empty array. A query that orders must also limit: SQLite may drop
    the order of a subquery without a limit.
    """
    pairs = [f"'{name}', {name}" for name in columns]
    pairs += [f"'{name}', json(iif({name}, 'true', 'false'))" for name in flags]
    pairs += [f"'{name}', json(coalesce({name}, '[]'))" for name in nested]
    return f"SELECT json_group_array(json_object({', '.join(pairs)})) FROM ({query})"


def folded_events(query: str) -> str:
    """The same for a query that gives the columns of `EVENT`."""
    cells = EVENT.replace("data", "json(data)").replace("hash", SHOWN_HASH)
    return f"SELECT json_group_array(json_array({cells})) FROM ({query})"


def array(values: Iterable[str] | Iterable[int]) -> str:
    """A parameter that holds many values, for `json_each`."""
    return msgspec.json.encode(list(values)).decode()


def cell(connection: sqlite3.Connection, sql: str, parameters: tuple[Any, ...] = ()) -> Any:
    """The one value that `sql` answers with, None without a row."""
    row = connection.execute(sql, parameters).fetchone()
    return None if row is None else row[0]


def rows(connection: sqlite3.Connection, sql: str, parameters: tuple[Any, ...] = ()) -> list[Row]:
    """What a `folded` query gives."""
    return decode_rows(cell(connection, sql, parameters))


def strings(connection: sqlite3.Connection, sql: str, parameters: tuple[Any, ...] = ()) -> list[str]:
    """The same for SQL that answers with an array of strings."""
    return decode_strings(cell(connection, sql, parameters))


def records(connection: sqlite3.Connection, sql: str, parameters: tuple[Any, ...] = ()) -> list[Row]:
    """What plain SQL gives: for rows with bytes in them, which JSON cannot hold."""
    found = connection.execute(sql, parameters)
    names = [column for column, *_ in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def events(text: str) -> list[Event]:
    """What a `folded_events` query gives."""
    return [Event(*fields) for fields in _events.decode(text)]

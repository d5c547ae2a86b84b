"""The data model as SQL: `schema.sql`, and the steps that lead to it from its first version.

`chatd.store.ops.migrate` brings files to it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import msgspec

APPLICATION_ID = 0x63686174  # "chat": what `file` shows, and how another program's database is refused

First = Callable[[sqlite3.Connection], object]

_STORE = Path(__file__).parents[1]


class Model(msgspec.Struct, frozen=True):
    """A data model as SQL: the whole of it, and the steps that lead to it from version 1."""

    schema: str
    steps: tuple[str, ...] = ()

    @property
    def version(self) -> int:
        return 1 + len(self.steps)


def present() -> Model:
    """What this chatd needs: `schema.sql`, beside this package in a wheel, at the root of a checkout."""
    shipped = _STORE / "schema.sql"
    schema = shipped if shipped.exists() else _STORE.parents[1] / "schema.sql"
    files = sorted((_STORE / "migrations").glob("[0-9]*.sql"))
    assert [int(file.name[:4]) for file in files] == list(range(2, len(files) + 2))
    return Model(schema.read_text(), tuple(file.read_text() for file in files))


def build(connection: sqlite3.Connection, model: Model | None = None, first: First | None = None) -> None:
    """The whole of a model, by default the present one, in an empty database, and what `first` writes."""
    model = model or present()
    run(connection, model.schema, model.version, first)


def run(connection: sqlite3.Connection, sql: str, version: int, first: First | None = None) -> None:
    """All of it, the version, and what `first` writes, in one transaction."""
    try:
        connection.executescript(
            f"BEGIN IMMEDIATE; {sql}\n; PRAGMA application_id = {APPLICATION_ID};"
            f" PRAGMA user_version = {version};"
        )
        if first is not None:
            first(connection)
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.rollback()

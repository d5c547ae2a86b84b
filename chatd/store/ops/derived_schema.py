"""What of a schema follows from its tables: views, indexes and triggers.

A file that has others than `schema.sql` says gets those of `schema.sql` when it is opened, in one
transaction. So it goes on where they changed within a version, as they did before the first release. Tables
hold what cannot be made anew: they change by steps from version to version alone (`chatd.store.ops.migrate`).
Nor does a log become another one: a file whose log would make other tables with these triggers is refused.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from msgspec import Struct

from chatd.log import log
from chatd.ports import StoreError
from chatd.store.ops import verify

_MADE: Final = re.compile(r"\bCREATE (?:UNIQUE )?(?:TABLE|VIEW|INDEX|TRIGGER)\b")
_COMMENT: Final = re.compile(r"--.*")
_OWN: Final = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*'"
_STATISTICS: Final = "SELECT tbl, idx, stat FROM sqlite_stat1"
_TABLE_OF_STATISTICS: Final = "ANALYZE sqlite_schema"  # makes it, should there be none, and measures nothing

Key = tuple[str, str]  # type and name
Objects = dict[Key, str]  # the SQL of each


class Renewal(Struct, frozen=True):
    """What is to be dropped and what is to be made, by type and name, and the planner's statistics."""

    gone: list[Key]
    made: Objects
    statistics: list[tuple[str, str, str]]

    @property
    def projects_otherwise(self) -> bool:
        return any(type_ != "index" for type_, _ in (*self.gone, *self.made))


def renewal(connection: sqlite3.Connection, path: Path, schema: str) -> Renewal | None:
    """None: all is as the schema says. Raises StoreError when the tables are not those of the schema."""
    found = _objects(connection)
    if len(found) == len(_MADE.findall(schema)) and all(f"{sql};" in schema for sql in found.values()):
        return None  # SQLite keeps statements as they were written: most files need no second look
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as model:
        model.executescript(schema)
        model.execute(_TABLE_OF_STATISTICS)
        _refuse_other_tables(connection, model, path)
        wanted, statistics = _objects(model), model.execute(_STATISTICS).fetchall()
    gone = [
        key for key, sql in found.items() if key[0] != "table" and _plain(sql) != _plain(wanted.get(key, ""))
    ]
    made = {
        key: sql
        for key, sql in wanted.items()
        if key[0] != "table" and _plain(sql) != _plain(found.get(key, ""))
    }
    return Renewal(gone, made, statistics) if gone or made else None


def refuse_another_log(path: Path, renewal: Renewal | None) -> None:
    """Raises StoreError when the log makes other tables with what is to be made. Replays all of it."""
    if renewal is None or not renewal.projects_otherwise:
        return
    log.info("replaying_before_renewal", database=str(path))
    if findings := verify.verify_file(path).findings:
        raise StoreError(
            f"{path} has triggers or views of another chatd, and with those of this one its log makes other"
            f" tables ({findings[0]}{', and more' * (len(findings) > 1)}); go on with the chatd that made it,"
            " or begin with a new folder"
        )


def renew(connection: sqlite3.Connection, renewal: Renewal) -> None:
    """All of it, or nothing."""
    connection.execute("PRAGMA temp_store = FILE")  # the keys of an index may be too much for memory
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(_TABLE_OF_STATISTICS)
        for type_, name in sorted(renewal.gone, key=lambda key: key[0] != "trigger"):  # which may be a view's
            connection.execute(f"DROP {type_} IF EXISTS {_quoted(name)}")
        for key in sorted(renewal.made, key=lambda key: key[0] == "trigger"):
            connection.execute(renewal.made[key])
        connection.execute("DELETE FROM sqlite_stat1")
        connection.executemany("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", renewal.statistics)
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.rollback()
    log.info(
        "schema_renewed",
        renewed=[name for _, name in renewal.made],
        dropped=[name for _, name in renewal.gone],
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _objects(connection: sqlite3.Connection) -> Objects:
    return {(type_, name): sql for type_, name, sql in connection.execute(_OWN)}


def _plain(sql: str) -> str:
    return " ".join(_COMMENT.sub("", sql).split())


def _refuse_other_tables(connection: sqlite3.Connection, model: sqlite3.Connection, path: Path) -> None:
    """What there is besides does no harm."""
    found, wanted = _columns(connection), _columns(model)
    if others := sorted(name for name, columns in wanted.items() if not columns <= found.get(name, set())):
        raise StoreError(
            f"{path} was made by a chatd from before the first release, which had other tables"
            f" ({', '.join(others[:3])}); go on with that one, or begin with a new folder"
        )


def _columns(connection: sqlite3.Connection) -> dict[str, set[tuple[object, ...]]]:
    """Of each table, in any order: a step may have added one at the end."""
    tables = [name for type_, name in _objects(connection) if type_ == "table"]
    wanted = 'SELECT name, upper(type), "notnull", pk FROM pragma_table_info(?)'
    return {table: set(connection.execute(wanted, (table,))) for table in tables}

"""What of a schema follows from its tables: views, indexes and triggers.

A file that has others than `schema.sql` says gets those of `schema.sql` when it is opened, in one
transaction. So it goes on where they changed within a version, as they did before the first release. Tables
hold what cannot be made anew: they change by steps from version to version alone (`chatd.store.ops.migrate`).
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from chatd.log import log
from chatd.ports import StoreError

_MADE: Final = re.compile(r"\bCREATE (?:UNIQUE )?(?:TABLE|VIEW|INDEX|TRIGGER)\b")
_COMMENT: Final = re.compile(r"--.*")
_OWN: Final = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*'"
_STATISTICS: Final = "SELECT tbl, idx, stat FROM sqlite_stat1"

Objects = dict[tuple[str, str], str]  # the SQL of each type and name


def renew_derived(connection: sqlite3.Connection, path: Path, schema: str) -> None:
    """Raises StoreError, and has changed nothing, when the tables are not those of the schema."""
    found = _objects(connection)
    if len(found) == len(_MADE.findall(schema)) and all(sql in schema for sql in found.values()):
        return  # SQLite keeps statements as they were written: most files need no second look
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as model:
        model.executescript(schema)
        _refuse_other_tables(connection, model, path)
        wanted, statistics = _objects(model), model.execute(_STATISTICS).fetchall()
    old = [key for key, sql in found.items() if _plain(sql) != _plain(wanted.get(key, ""))]
    new = [key for key, sql in wanted.items() if _plain(sql) != _plain(found.get(key, ""))]
    gone, made = ([key for key in keys if key[0] != "table"] for keys in (old, new))
    if not (gone or made):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for type_, name in sorted(gone, key=lambda key: key[0] != "trigger"):  # which may be a view's
            connection.execute(f'DROP {type_} IF EXISTS "{name}"')
        for key in sorted(made, key=lambda key: key[0] == "trigger"):
            connection.execute(wanted[key])
        connection.execute("DELETE FROM sqlite_stat1")
        connection.executemany("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", statistics)
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.rollback()
    log.info("schema_renewed", renewed=[name for _, name in made], dropped=[name for _, name in gone])


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

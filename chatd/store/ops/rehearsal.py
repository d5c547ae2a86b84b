"""An upgrade that is tried: on a copy beside the database, which a server may use meanwhile."""

# ruff: noqa: S608 - statements are put together from names of the schema only

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct

from chatd.ports import StoreError
from chatd.store.connection import open_reader, open_writer
from chatd.store.ops import data_model, migrate, verify
from chatd.store.ops.data_folder import DATABASE, database_in, why_not
from chatd.store.ops.scratch_folder import REHEARSING, scratch_folder

SHAPE: Final = "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"


class Rehearsal(Struct, frozen=True):
    """What an upgrade from `before` to `after` does, and how many seconds each part of it took on a copy of
    `bytes`. `findings`: what was wrong with the copy afterwards."""

    before: int
    after: int
    bytes: int
    changes: tuple[str, ...] = ()
    copied: float = 0.0
    migrated: float = 0.0
    verified: float = 0.0
    events: int = 0
    findings: tuple[str, ...] = ()


def rehearse(folder: Path) -> Rehearsal:
    """Tries the upgrade on a copy, which is deleted again. Raises StoreError."""
    path, model = database_in(folder), data_model.present()
    try:
        source = open_reader(path)
        try:
            version, size = migrate.check(path, model), path.stat().st_size
            if version == model.version:
                return Rehearsal(version, version, size)
            migrate.refuse_without_space(path)
            with scratch_folder(REHEARSING, folder) as scratch:
                copy = scratch / DATABASE
                copied = _seconds(lambda: migrate.copy_file(source, copy))
                return _rehearsed(copy, model, Rehearsal(version, model.version, size, copied=copied))
        finally:
            source.close()
    except sqlite3.Error as error:
        raise StoreError(f"{path} cannot be read: {why_not(error)}") from error
    except OSError as error:
        raise StoreError(f"the data folder {folder} cannot be used: {why_not(error)}") from error


def _rehearsed(copy: Path, model: data_model.Model, begun: Rehearsal) -> Rehearsal:
    connection = open_writer(copy)
    try:
        before = _shape(connection)
        migrated = _seconds(lambda: migrate.run_steps(connection, copy, begun.before, model))
        changes = tuple(_changes(connection, before, _shape(connection)))
    finally:
        connection.close()
    begin = time.monotonic()
    found = verify.verify_file(copy)
    return Rehearsal(
        begun.before,
        begun.after,
        begun.bytes,
        changes,
        begun.copied,
        migrated,
        time.monotonic() - begin,
        found.events,
        found.findings,
    )


def _seconds(work: Callable[[], None]) -> float:
    begin = time.monotonic()
    work()
    return time.monotonic() - begin


def _shape(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    """What stands in the schema, without comments and line breaks."""
    rows = connection.execute(SHAPE).fetchall()
    return {(kind, name): " ".join(re.sub(r"--.*", "", sql).split()) for kind, name, sql in rows}


def _changes(
    connection: sqlite3.Connection, before: dict[tuple[str, str], str], after: dict[tuple[str, str], str]
) -> Iterator[str]:
    for kind, name in sorted({*before, *after}):
        old, new = before.get((kind, name)), after.get((kind, name))
        if old == new:
            continue
        verb = "makes" if old is None else "drops" if new is None else "changes"
        rows = ""
        if kind == "table" and new is not None:
            [count] = connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()
            rows = f", which has {count} rows then"
        yield f"{verb} the {kind} {name}{rows}"

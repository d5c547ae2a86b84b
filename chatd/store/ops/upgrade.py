"""Upgrades of the database by hand: tried on a copy, carried out, taken back.

A server that starts on an older database carries the same out by itself (`chatd.store.ops.migrate`): it
copies the file aside, and takes all steps in one transaction.
"""

# ruff: noqa: S608 - statements are put together from fixed text and names of the schema only

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from msgspec import Struct

from chatd.ports import StoreError
from chatd.store import json_rows
from chatd.store.connection import open_reader, open_writer
from chatd.store.ops import epochs, migrate, verify
from chatd.store.ops.data_dir import DATABASE, hold
from chatd.store.queries.log import HASH_AT, HEAD

REHEARSAL: Final = ".rehearsal"  # behind the name of the database, while one is under way
UNDONE: Final = ".undone-version-"
SHAPE: Final = "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
NEWEST: Final = "SELECT at FROM events ORDER BY position DESC LIMIT 1"


class UpgradeError(StoreError):
    """An upgrade cannot be tried, carried out or taken back as it is asked for."""


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


class Upgraded(Struct, frozen=True):
    """The versions before and after, which are the same if there was nothing to do, and the copy of
    before."""

    before: int
    after: int
    copy: Path | None = None


class Undone(Struct, frozen=True):
    """The version that the database has again, how many events are lost by it, and where they are kept."""

    version: int
    lost: int
    kept: Path


def rehearse(folder: Path) -> Rehearsal:
    """Tries the upgrade on a copy, which is deleted again. A server may run meanwhile. Raises StoreError."""
    path, model = folder / DATABASE, migrate.present()
    with _reading(path) as source:
        version, size = migrate.check_version(source, path, model.version), path.stat().st_size
        if version == model.version:
            return Rehearsal(version, version, size)
        migrate.refuse_without_space(path)
        copy = path.with_name(path.name + REHEARSAL)
        try:
            copied = _seconds(lambda: migrate.copy_file(source, copy))
            return _rehearsed(copy, model, Rehearsal(version, model.version, size, copied=copied))
        finally:
            for suffix in ("", "-wal", "-shm"):
                copy.with_name(copy.name + suffix).unlink(missing_ok=True)


def _rehearsed(copy: Path, model: migrate.Model, begun: Rehearsal) -> Rehearsal:
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


def upgrade(folder: Path) -> Upgraded:
    """Carries it out, as the next start would. Raises StoreError."""
    path, model = folder / DATABASE, migrate.present()
    with _reading(path) as source:
        version = migrate.check_version(source, path, model.version)
    if version == model.version:
        return Upgraded(version, version)
    with hold(folder):
        migrate.prepare(path)
    return Upgraded(version, model.version, migrate.copy_of(path, version))


def undo(folder: Path, force: bool) -> Undone:
    """Puts the copy that the newest upgrade left in the place of the database, which is kept beside it. What
    was written since is lost, so that takes `force`. Raises StoreError."""
    path = folder / DATABASE
    with hold(folder):
        with _reading(path) as source:
            version = int(json_rows.cell(source, "PRAGMA user_version"))
            older = [number for number in range(1, version) if migrate.copy_of(path, number).exists()]
            if not older:
                raise UpgradeError(
                    f"there is no copy of an older version beside {path}; restore a backup with"
                    " `chatctl backup restore`"
                )
            copy = migrate.copy_of(path, older[-1])
            lost = _lost(source, copy)
            if lost and not force:
                newest = datetime.fromtimestamp(json_rows.cell(source, NEWEST) / 1000, UTC)
                raise UpgradeError(
                    f"{lost} events were written since the upgrade, the newest at"
                    f" {newest:%Y-%m-%d %H:%M} UTC, and would be lost: back up first, then give --force"
                )
        kept = path.with_name(f"{path.name}{UNDONE}{version}")
        _settle(path)
        kept.unlink(missing_ok=True)
        os.link(path, kept)
        copy.replace(path)  # at no moment is there no database
        migrate.sync(folder)
        if lost:
            _new_history(path)
    return Undone(older[-1], lost, kept)


def _lost(source: sqlite3.Connection, copy: Path) -> int:
    """How many events of the database are not in the copy, which must be a sound one of the same history."""
    with _reading(copy) as before:
        if migrate.check_version(before, copy, migrate.present().version) < 1 or _damaged(before):
            raise UpgradeError(f"{copy} is damaged; restore a backup with `chatctl backup restore`")
        head = int(json_rows.cell(before, HEAD))
        same = json_rows.cell(before, HASH_AT, (head,)) == json_rows.cell(source, HASH_AT, (head,))
    if not same:
        raise UpgradeError(f"{copy} is not of this database: another history stands in it; move it away")
    return int(json_rows.cell(source, HEAD)) - head


def _damaged(connection: sqlite3.Connection) -> bool:
    return bool(json_rows.cell(connection, "PRAGMA quick_check(1)") != "ok")


def _settle(path: Path) -> None:
    """All of it into the one file."""
    connection = open_writer(path, create=False)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.close()


def _new_history(path: Path) -> None:
    """No client resumes from a cursor that may lie in what is lost."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        epochs.restored(connection)
    finally:
        connection.close()


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    if not path.exists():
        raise UpgradeError(f"there is no database {path}")
    try:
        connection = open_reader(path)
        try:
            yield connection
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise UpgradeError(f"{path} cannot be read: {error}") from error


def _seconds(work: object) -> float:
    begin = time.monotonic()
    work()  # type: ignore[operator]
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

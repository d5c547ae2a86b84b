"""Upgrades of the database by hand: carried out, and taken back.

A server that starts on an older database carries the same out by itself (`chatd.store.ops.migrate`): it
copies the file aside, and takes all steps in one transaction.

An upgrade that is taken back is so at one moment, when the copy gets the name of the database. What the copy
then has to say of itself it says before. Who is killed earlier has changed nothing; the next try, or the next
start (`chatd.store.ops.leftovers`), takes away what it left.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from msgspec import Struct

from chatd.durable import sync
from chatd.path_kind import is_there
from chatd.ports import StoreError
from chatd.store import json_rows
from chatd.store.connection import open_reader, open_writer
from chatd.store.ops import data_model, epochs, migrate
from chatd.store.ops.data_folder import database_in, hold, why_not
from chatd.store.queries.log import HASH_AT, HEAD

UNDONE: Final = ".undone-version-"
NEWEST: Final = "SELECT at FROM events ORDER BY position DESC LIMIT 1"


class UpgradeError(StoreError):
    """An upgrade cannot be carried out or taken back as it is asked for."""


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


def upgrade(folder: Path) -> Upgraded:
    """Carries it out, as the next start would. Raises StoreError."""
    path, model = database_in(folder), data_model.present()
    with _translated(path):
        version = migrate.check(path, model)
    if version == model.version:
        return Upgraded(version, version)
    with hold(folder):
        migrate.prepare(path)
    return Upgraded(version, model.version, migrate.copy_of(path, version))


def undo(folder: Path, force: bool) -> Undone:
    """Puts the copy that the newest upgrade left in the place of the database, which is kept beside it. What
    was written since is lost, so that takes `force`. Raises StoreError."""
    path = database_in(folder)
    with hold(folder):
        with _reading(path) as source:
            version = int(json_rows.cell(source, "PRAGMA user_version"))
            older = [number for number in range(1, version) if is_there(migrate.copy_of(path, number))]
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
        try:
            if lost:
                _new_history(copy)  # before it is the database: a server starts on it as soon as it is
            _settle(path)
            kept.unlink(missing_ok=True)
            os.link(path, kept)
            copy.replace(path)  # at no moment is there no database
            sync(folder)
        except (OSError, sqlite3.Error) as error:
            raise UpgradeError(f"{copy} cannot be put in the place of {path}: {why_not(error)}") from error
    return Undone(older[-1], lost, kept)


def _lost(source: sqlite3.Connection, copy: Path) -> int:
    """How many events of the database are not in the copy, which must be a sound one of the same history."""
    _roll_back(copy)
    with _reading(copy) as before:
        if migrate.check_version(before, copy, data_model.present().version) < 1 or _damaged(before):
            raise UpgradeError(f"{copy} is damaged; restore a backup with `chatctl backup restore`")
        head = int(json_rows.cell(before, HEAD))
        same = json_rows.cell(before, HASH_AT, (head,)) == json_rows.cell(source, HASH_AT, (head,))
    if not same:
        raise UpgradeError(f"{copy} is not of this database: another history stands in it; move it away")
    return int(json_rows.cell(source, HEAD)) - head


def _roll_back(copy: Path) -> None:
    """Who was killed while it changed the copy has left a journal, which no reader carries out."""
    if not is_there(copy.with_name(f"{copy.name}-journal")):
        return
    with _translated(copy):
        connection = open_writer(copy, create=False)
        try:
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        finally:
            connection.close()


def _damaged(connection: sqlite3.Connection) -> bool:
    return bool(json_rows.cell(connection, "PRAGMA quick_check(1)") != "ok")


def _settle(path: Path) -> None:
    """All of it into the one file: what stands beside it would be taken for the copy's."""
    connection = open_writer(path, create=False)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.close()
    if is_there(path.with_name(f"{path.name}-wal")):  # who closes it last removes it
        raise UpgradeError(f"another program has {path} open; end it first")


def _new_history(copy: Path) -> None:
    """No client resumes from a cursor that may lie in what is lost."""
    connection = sqlite3.connect(copy, isolation_level=None)
    try:
        epochs.restored(connection)
    finally:
        connection.close()


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    with _translated(path):
        connection = open_reader(path)
        try:
            yield connection
        finally:
            connection.close()


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise UpgradeError(f"{path} cannot be read: {why_not(error)}") from error

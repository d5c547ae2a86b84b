"""Backups put back: into a new folder, as they are or as the server was at an earlier moment.

A restored copy is another history from the moment it was taken, so it gets another epoch: a client
that saw more of the old one is told to load anew instead of resuming into a hole.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from chatd.clock import now
from chatd.durable import sync
from chatd.path_kind import is_file, is_folder, is_there
from chatd.ports import StoreError
from chatd.store import json_rows
from chatd.store.connection import open_reader
from chatd.store.ops import data_model, epochs, migrate, verify
from chatd.store.ops.backup import unreadable
from chatd.store.ops.cut import Cut, cut, position_at
from chatd.store.ops.data_folder import DATABASE, LOCK, RESTORING, half_restored, hold
from chatd.store.ops.ownership import given
from chatd.store.ops.place import drop_side_files
from chatd.store.queries.log import HEAD


class At(msgspec.Struct, frozen=True):
    """When: one of the two; `time` is Unix milliseconds."""

    position: int | None = None
    time: int | None = None


class Restored(msgspec.Struct, frozen=True):
    """A database put back: its new epoch, and the position of its last event. `erased` and `accounts`: see
    `chatd.store.ops.cut`."""

    path: Path
    epoch: str
    position: int
    erased: int = 0
    accounts: int = 0


def restore(
    file: Path, folder: Path, at: At | None = None, put_files: Callable[[Path], None] = lambda _: None
) -> Restored:
    """Puts the copy `file` into `folder`, which must hold no database yet; with `at` as it was then.
    `put_files` is given the database before it has its name: a server starts only on what is whole. Raises
    StoreError, and what `put_files` raises."""
    if not is_file(file):
        raise StoreError(f"there is no backup {file}")
    target, fresh = folder / DATABASE, not is_there(folder)
    if not is_there(target):
        _look_at(file)  # before the folder is made: a copy that is no good leaves nothing behind
    part = folder / RESTORING
    with hold(folder), given(folder), _undone_if_it_fails(folder, fresh), _without_parts(folder):
        if is_there(target):
            raise StoreError(f"{folder} holds a database already; restore into a new folder")
        try:
            source = open_reader(file)
            try:
                position = int(json_rows.cell(source, HEAD))
                migrate.copy_file(source, part)
            finally:
                source.close()
            done = None
            if at is not None:
                done = _take_back(part, at)
                position = done.upto
            epoch = _new_history(part, position)
        except sqlite3.Error as error:
            raise StoreError(f"{file} cannot be restored: {unreadable(file, error)}") from error
        put_files(part)
        drop_side_files(target)
        part.replace(target)
        sync(folder)
    if done is None:
        return Restored(target, epoch, position)
    return Restored(target, epoch, position, done.erased, done.accounts)


@contextmanager
def _undone_if_it_fails(folder: Path, fresh: bool) -> Iterator[None]:
    """Who fails takes away what it has made, while it keeps others out: another restore may have been first,
    and a server may run on that. `fresh`: there was no folder."""
    before = set(os.listdir(folder))
    try:
        yield
    except BaseException:
        for name in set(os.listdir(folder)) - before:
            made = folder / name
            shutil.rmtree(made, ignore_errors=True) if is_folder(made) else made.unlink(missing_ok=True)
        if fresh and before <= {LOCK}:
            with suppress(OSError):
                (folder / LOCK).unlink()
                folder.rmdir()
        raise


@contextmanager
def _without_parts(folder: Path) -> Iterator[None]:
    """Also what another one that was killed has left."""
    try:
        yield
    finally:
        for left in half_restored(folder):
            left.unlink(missing_ok=True)


def _take_back(part: Path, at: At) -> Cut:
    """Puts the database as it was then in the place of the copy."""
    migrate.prepare(part)  # what is replayed is replayed by the present triggers
    then = part.with_name(f"{part.name}.then")
    then.unlink(missing_ok=True)
    try:
        upto = at.position if at.position is not None else position_at(part, at.time or 0)
        if upto == 0 and at.time is not None:
            raise StoreError("nothing had been written by that time: the log of this backup begins later")
        done = cut(part, then, upto)
        sync(then)
        drop_side_files(part)
        then.replace(part)
        return done
    finally:
        then.unlink(missing_ok=True)


def _look_at(file: Path) -> None:
    try:
        _check(file)
    except sqlite3.Error as error:
        raise StoreError(f"{file} cannot be restored: {unreadable(file, error)}") from error


def _check(file: Path) -> None:
    model = data_model.present()
    version = migrate.check(file, model)
    connection = open_reader(file)
    try:
        findings = [row[0] for row in connection.execute("PRAGMA quick_check").fetchall() if row[0] != "ok"]
    finally:
        connection.close()
    if not findings and version == model.version:
        findings = list(verify.verify_file(file).findings)
    if findings:
        raise StoreError(f"{file} is damaged: {findings[0]}")


def _new_history(file: Path, position: int) -> str:
    """Gives the copy its epoch; the server that starts on it logs who put it back, and when."""
    restored = {"at": now(), "by": f"operator:{os.getuid()}", "upto": position}
    made = msgspec.json.encode(restored).decode()
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('restored', ?)", (made,))
        return epochs.restored(connection)
    finally:
        connection.close()

"""Copies of the database: taken while the server runs, and put back into a new folder.

A restored copy is another history from the moment it was taken, so it gets another epoch: a client
that saw more of the old one is told to load anew instead of resuming into a hole.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

import msgspec

from chatd.clock import now
from chatd.ports import StoreError
from chatd.store import json_rows
from chatd.store.connection import open_reader
from chatd.store.ops import epochs, migrate, verify
from chatd.store.ops.data_dir import DATABASE, hold
from chatd.store.queries.log import HEAD

PAGES_AT_ONCE = 4_096
NAMED_BLOBS = """
    SELECT json_group_array(hash) FROM (
        SELECT hash FROM files WHERE hash IS NOT NULL
        UNION SELECT preview FROM files WHERE preview IS NOT NULL ORDER BY 1
    )
"""


class Backup(msgspec.Struct, frozen=True):
    """A finished copy: its size, the position of its last event, and the hashes of the blobs that it
    names."""

    path: Path
    bytes: int
    position: int
    blobs: tuple[str, ...] = ()


class Restored(msgspec.Struct, frozen=True):
    """A database put back: its new epoch, and the position of its last event."""

    path: Path
    epoch: str
    position: int


class BackupStopped(Exception):
    """The one who asked for the copy went away."""


def backup(connection: sqlite3.Connection, target: Path, stop: threading.Event) -> Backup:
    """A consistent copy as one file, durable when this returns. Never overwrites; raises StoreError."""
    if target.exists():
        raise StoreError(f"{target} exists already; choose another name")
    part = target.with_name(target.name + ".part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise StoreError(f"{part} cannot be made: {error.strerror}") from error
    try:
        position, blobs = _copy(connection, part, stop)
        migrate.sync(part)
        os.link(part, target)  # unlike a rename it never replaces a file
        migrate.sync(target.parent)
    except FileExistsError as error:
        raise StoreError(f"{target} exists already; choose another name") from error
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}") from error
    except sqlite3.Error as error:
        raise StoreError(f"{target} cannot be written: {error}") from error
    finally:
        part.unlink(missing_ok=True)
    return Backup(target, target.stat().st_size, position, blobs)


def _copy(connection: sqlite3.Connection, part: Path, stop: threading.Event) -> tuple[int, tuple[str, ...]]:
    def progress(status: int, remaining: int, total: int) -> None:
        if stop.is_set():
            raise BackupStopped

    copy = sqlite3.connect(part, isolation_level=None)
    connection.execute("BEGIN")  # one look for all its pages, whatever is written meanwhile
    try:
        position = int(json_rows.cell(connection, HEAD))
        blobs = tuple(json_rows.strings(connection, NAMED_BLOBS))
        connection.backup(copy, pages=PAGES_AT_ONCE, progress=progress)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, with no side files
    finally:
        connection.execute("ROLLBACK")
        copy.close()
    return position, blobs


def restore(file: Path, folder: Path) -> Restored:
    """Puts the copy `file` into `folder`, which must hold no database yet. Raises StoreError."""
    if not file.is_file():
        raise StoreError(f"there is no backup {file}")
    target = folder / DATABASE
    if not target.exists():
        _look_at(file)  # before the folder is made: a copy that is no good leaves nothing behind
    with hold(folder):
        if target.exists():
            raise StoreError(f"{folder} holds a database already; restore into a new folder")
        try:
            source = open_reader(file)
            try:
                position = int(json_rows.cell(source, HEAD))
                part = folder / (DATABASE + ".restored")
                migrate.copy_file(source, part)
            finally:
                source.close()
            epoch = _new_history(part, position)
        except sqlite3.Error as error:
            raise StoreError(f"{file} cannot be restored: {error}") from error
        part.replace(target)
        migrate.sync(folder)
    return Restored(target, epoch, position)


def _look_at(file: Path) -> None:
    try:
        _check(file)
    except sqlite3.Error as error:
        raise StoreError(f"{file} cannot be restored: {error}") from error


def _check(file: Path) -> None:
    connection = open_reader(file)
    try:
        known = migrate.present().version
        version = migrate.check_version(connection, file, known)
        findings = [row[0] for row in connection.execute("PRAGMA quick_check").fetchall() if row[0] != "ok"]
    finally:
        connection.close()
    if not findings and version == known:
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

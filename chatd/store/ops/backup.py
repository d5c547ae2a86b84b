"""Backups of the database: one file, taken while the server runs, and looked at without one.

`chatd.store.ops.restore` puts it back.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

import msgspec

from chatd.concurrency.background_work import Pacer, write_behind
from chatd.database_files import PART
from chatd.durable import sync
from chatd.ports import StoreError
from chatd.store import json_rows
from chatd.store.connection import open_reader
from chatd.store.ops import data_model, migrate, verify
from chatd.store.ops.data_folder import ANOTHER, why_not
from chatd.store.queries.log import EPOCH

PAGES_AT_ONCE = 128
NEWEST = "SELECT position, lower(hex(hash)) FROM events ORDER BY position DESC LIMIT 1"
NAMED_BLOBS = """
    SELECT json_group_array(hash) FROM (
        SELECT hash FROM files WHERE hash IS NOT NULL
        UNION SELECT preview FROM files WHERE preview IS NOT NULL ORDER BY 1
    )
"""


class Backup(msgspec.Struct, frozen=True):
    """A finished copy: its size, the position and hash of its last event, the epoch of its database, its
    version, and the hashes of the blobs that it names."""

    path: Path
    bytes: int
    position: int
    hash: str
    epoch: str
    schema: int
    blobs: tuple[str, ...] = ()


class Examined(msgspec.Struct, frozen=True):
    """A copy that was looked at: how many events were replayed, where the log ends (position and hash), what
    is wrong, and the hashes of the blobs that it names."""

    events: int
    position: int
    hash: str
    findings: tuple[str, ...]
    blobs: tuple[str, ...]


def backup(
    connection: sqlite3.Connection, target: Path, pace: Pacer, durable: bool = True, for_node: bool = False
) -> Backup:
    """A consistent copy as one file, durable when this returns unless that is not asked for. Never
    overwrites; raises StoreError, and Stopped (see `Pacer`). `for_node`: with the key of the cluster's
    stream, of which all later ones are made; who has no other copy can read nothing there."""
    if os.path.exists(target):  # which raises nothing: the next step says what is wrong
        raise StoreError(f"{target} exists already; choose another name")
    part = target.with_name(target.name + PART)
    try:
        file = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(f"{part} cannot be made: {error.strerror}") from error
    try:
        position, hash_, epoch, schema, blobs = _copy(
            connection, part, pace, file if durable else None, for_node
        )
        if durable:
            os.fsync(file)
        os.link(part, target)  # unlike a rename it never replaces a file
        if durable:
            sync(target.parent)
    except FileExistsError as error:
        raise StoreError(f"{target} exists already; choose another name") from error
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}") from error
    except sqlite3.Error as error:
        raise StoreError(f"{target} cannot be written: {why_not(error)}") from error
    finally:
        os.close(file)
        part.unlink(missing_ok=True)
    return Backup(target, target.stat().st_size, position, hash_, epoch, schema, blobs)


def _copy(
    connection: sqlite3.Connection, part: Path, pace: Pacer, file: int | None, for_node: bool
) -> tuple[int, str, str, int, tuple[str, ...]]:
    """`file`: the part's descriptor, when it is to become durable."""

    def progress(status: int, remaining: int, total: int) -> None:
        if file is not None:
            write_behind(file)
        pace.rest()

    copy = sqlite3.connect(part, isolation_level=None)
    copy.execute("PRAGMA synchronous = OFF")  # who wants it durable syncs the file
    connection.execute("BEGIN")  # one look for all its pages, whatever is written meanwhile
    try:
        position, hash_ = connection.execute(NEWEST).fetchone() or (0, "")
        epoch, schema = json_rows.cell(connection, EPOCH), json_rows.cell(connection, "PRAGMA user_version")
        blobs = tuple(json_rows.strings(connection, NAMED_BLOBS))
        connection.backup(copy, pages=PAGES_AT_ONCE, progress=progress)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, with no side files
        if not for_node:
            copy.execute("PRAGMA secure_delete = ON")
            copy.execute("DELETE FROM cluster_key")
    finally:
        connection.execute("ROLLBACK")
        copy.close()
    return position, hash_, epoch, schema, blobs


def examine(file: Path) -> Examined:
    """Looks at all of a copy that no server uses, and replays its log. Raises StoreError: it is no database
    of this chatd's."""
    try:
        migrate.check(file, data_model.present())
        connection = open_reader(file)
        try:
            findings = [
                row[0] for row in connection.execute("PRAGMA quick_check").fetchall() if row[0] != "ok"
            ]
            position, hash_ = connection.execute(NEWEST).fetchone() or (0, "")
            blobs = tuple(json_rows.strings(connection, NAMED_BLOBS))
        finally:
            connection.close()
        verified = verify.verify_file(file)
    except sqlite3.Error as error:
        raise StoreError(f"{file} cannot be read: {unreadable(file, error)}") from error
    return Examined(verified.events, position, hash_, (*findings, *verified.findings), blobs)


def unreadable(file: Path, error: sqlite3.Error) -> str:
    """Why, and what to do. A server's own file, which is no backup, is read together with files beside it,
    which reading makes."""
    if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_CANTOPEN and _has_log_beside(file):
        return f"{error}; it is a server's own file: copy it, and its -wal, to where this user may write"
    return why_not(error, ANOTHER)


def _has_log_beside(file: Path) -> bool:
    """As its header says (fileformat2, 1.3.3)."""
    with suppress(OSError), file.open("rb") as opened:
        return opened.read(20)[18:] == b"\x02\x02"
    return False


def named_blobs(file: Path) -> tuple[str, ...]:
    """The hashes of the blobs that a database names. Raises StoreError."""
    try:
        connection = open_reader(file)
        try:
            return tuple(json_rows.strings(connection, NAMED_BLOBS))
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise StoreError(f"{file} cannot be read: {unreadable(file, error)}") from error

"""Copies of the database: taken while the server runs, and put back into a new folder.

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
from chatd.concurrency.background_work import Pacer, write_behind
from chatd.durable import sync
from chatd.ports import StoreError
from chatd.store import json_rows
from chatd.store.connection import open_reader
from chatd.store.ops import data_model, epochs, migrate, verify
from chatd.store.ops.cut import Cut, cut, position_at
from chatd.store.ops.data_folder import DATABASE, LOCK, RESTORING, half_restored, hold, why_not
from chatd.store.ops.ownership import given
from chatd.store.ops.place import drop_side_files
from chatd.store.queries.log import EPOCH, HEAD

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


class Restored(msgspec.Struct, frozen=True):
    """A database put back: its new epoch, and the position of its last event. `erased` and `accounts`: see
    `chatd.store.ops.cut`."""

    path: Path
    epoch: str
    position: int
    erased: int = 0
    accounts: int = 0


class At(msgspec.Struct, frozen=True):
    """When: one of the two; `time` is Unix milliseconds."""

    position: int | None = None
    time: int | None = None


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
    part = target.with_name(target.name + ".part")
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


def restore(
    file: Path, folder: Path, at: At | None = None, put_files: Callable[[Path], None] = lambda _: None
) -> Restored:
    """Puts the copy `file` into `folder`, which must hold no database yet; with `at` as it was then.
    `put_files` is given the database before it has its name: a server starts only on what is whole. Raises
    StoreError, and what `put_files` raises."""
    if not file.is_file():
        raise StoreError(f"there is no backup {file}")
    target, fresh = folder / DATABASE, not folder.exists()
    if not target.exists():
        _look_at(file)  # before the folder is made: a copy that is no good leaves nothing behind
    part = folder / RESTORING
    with hold(folder), given(folder), _as_before_unless_whole(folder, fresh), _gone_unless_named(folder):
        if target.exists():
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
            raise StoreError(f"{file} cannot be restored: {_unreadable(file, error)}") from error
        put_files(part)
        drop_side_files(target)
        part.replace(target)
        sync(folder)
    if done is None:
        return Restored(target, epoch, position)
    return Restored(target, epoch, position, done.erased, done.accounts)


@contextmanager
def _as_before_unless_whole(folder: Path, fresh: bool) -> Iterator[None]:
    """Who fails takes away what it has made, while it keeps others out: another restore may have been first,
    and a server may run on that. `fresh`: there was no folder."""
    before = set(os.listdir(folder))
    try:
        yield
    except BaseException:
        for name in set(os.listdir(folder)) - before:
            made = folder / name
            shutil.rmtree(made, ignore_errors=True) if made.is_dir() else made.unlink(missing_ok=True)
        if fresh and before <= {LOCK}:
            with suppress(OSError):
                (folder / LOCK).unlink()
                folder.rmdir()
        raise


@contextmanager
def _gone_unless_named(folder: Path) -> Iterator[None]:
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
        raise StoreError(f"{file} cannot be restored: {_unreadable(file, error)}") from error


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
        raise StoreError(f"{file} cannot be read: {_unreadable(file, error)}") from error
    return Examined(verified.events, position, hash_, (*findings, *verified.findings), blobs)


def _unreadable(file: Path, error: sqlite3.Error) -> str:
    """A server's own file, which is no backup, is read together with files beside it, that reading makes."""
    if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_CANTOPEN and _has_log_beside(file):
        return f"{error}; it is a server's own file: copy it, and its -wal, to where this user may write"
    return why_not(error, "take another backup")


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
        raise StoreError(f"{file} cannot be read: {_unreadable(file, error)}") from error

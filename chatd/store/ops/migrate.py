"""Versions of the data model: a new file gets `schema.sql`, an older one is migrated step by step.

`schema.sql` was version 1 when chatd was first released. Whoever changes it adds the step that leads there
from the version before: `chatd/store/migrations/0002_<what>.sql` leads to version 2. `PRAGMA user_version`
is the version of a file. All steps and the number are one transaction, and before the first step the old file
is copied aside. A test proves that the steps lead to what `schema.sql` says. Indexes, triggers and views that
are not its own are made anew besides (`chatd.store.ops.derived_schema`).
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from msgspec import Struct

from chatd.database_files import PART, remove
from chatd.durable import sync
from chatd.log import log as server_log
from chatd.ports import StoreError
from chatd.store.connection import open_reader, open_writer
from chatd.store.ops import data_model
from chatd.store.ops.data_folder import is_empty, may_be_sound, why_not
from chatd.store.ops.data_model import First
from chatd.store.ops.derived_schema import Renewal, refuse_another_log, renew, renewal

NEEDS_SQLITE = (3, 38, 0)  # the JSON operators of schema.sql

HEADROOM = 64 * 2**20  # bytes that the disk must have free besides the copy


class _Look(Struct, frozen=True):
    """The version of a file, and what is to be renewed in it if that is the present one."""

    version: int
    renewal: Renewal | None


def prepare(path: Path, model: data_model.Model | None = None, first: First | None = None) -> None:
    """Makes the database at `path`, or migrates it to `model` (the present one). One that is made has what
    `first` writes, or is not there. Raises StoreError."""
    if sqlite3.sqlite_version_info < NEEDS_SQLITE:
        needs = ".".join(map(str, NEEDS_SQLITE))
        raise StoreError(f"Python is linked to SQLite {sqlite3.sqlite_version}; chatd needs {needs} or later")
    model = model or data_model.present()
    try:
        look = _look_first(path, model)
        # made before SQLite does, so that its side files inherit the mode
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        connection = open_writer(path)
        try:
            if look != _Look(model.version, None):  # which most files are
                _bring_up(connection, path, model, look, first)
        finally:
            connection.close()
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{path} cannot be opened: {why_not(error)}") from error


def check(path: Path, model: data_model.Model) -> int:
    """The version of the database at `path`. Raises StoreError, and has changed nothing, when a server with
    this model cannot go on with it; and what reading it raises."""
    with closing(open_reader(path)) as connection:
        return _look(connection, path, model).version


def _look(connection: sqlite3.Connection, path: Path, model: data_model.Model) -> _Look:
    """Raises what `check` raises."""
    version = check_version(connection, path, model.version)
    other = renewal(connection, path, model.schema) if version == model.version else None
    refuse_another_log(path, other)
    return _Look(version, other)


def _look_first(path: Path, model: data_model.Model) -> _Look | None:
    """Before it is opened for writing: that changes it, if only by moving the write-ahead log into it. Raises
    what `check` raises; None: there is nothing to look at yet."""
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(closing(open_reader(path)))
            if is_empty(connection):
                return None
        except sqlite3.Error:  # there is none, or who opens it for writing mends it or says what is wrong
            return None
        return _look(connection, path, model)


def check_version(connection: sqlite3.Connection, path: Path, known: int) -> int:
    """The version of the database; StoreError unless it is chatd's and no newer than `known`."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if connection.execute("PRAGMA application_id").fetchone()[0] != data_model.APPLICATION_ID:
        raise StoreError(f"{path} is not a chatd database")
    if version > known:
        raise StoreError(
            f"{path} is of version {version} and was written by a newer chatd; this one knows up to"
            f" version {known}: upgrade chatd"
        )
    return version


def _bring_up(
    connection: sqlite3.Connection,
    path: Path,
    model: data_model.Model,
    look: _Look | None,
    first: First | None,
) -> None:
    if is_empty(connection):
        return data_model.build(connection, model, first)
    version = check_version(connection, path, model.version)
    if version < model.version:
        refuse_without_space(path)
        copy_file(connection, copy := copy_of(path, version))
        try:
            run_steps(connection, path, version, model)
        except StoreError:
            with suppress(OSError):
                remove(copy)  # nothing was changed, and the next attempt needs its room
            raise
        server_log.info("upgraded", before=version, after=model.version)
    if look is not None and look.version == model.version:  # the lock has kept everybody else out since
        other = look.renewal
    elif (other := renewal(connection, path, model.schema)) is not None:
        refuse_another_log(path, other)
    return renew(connection, other) if other is not None else None


def copy_of(path: Path, version: int) -> Path:
    """Where the database is copied before it is brought to a newer version."""
    return path.with_name(f"{path.name}.version-{version}")


def refuse_without_space(path: Path) -> None:
    """Raises StoreError when a copy of the database does not fit beside it."""
    size, free = path.stat().st_size, shutil.disk_usage(path.parent).free
    if free < size + HEADROOM:
        raise StoreError(
            f"upgrading {path} copies it first, which needs {(size + HEADROOM) // 2**20} MiB, and"
            f" {free // 2**20} are free; make room"
        )


def run_steps(connection: sqlite3.Connection, path: Path, version: int, model: data_model.Model) -> None:
    """All that leads from the version to the model's, in one transaction. Raises StoreError."""
    connection.execute("PRAGMA temp_store = FILE")  # a step may change every page: too much for memory
    try:
        data_model.run(connection, ";\n".join(model.steps[version - 1 :]), model.version)
    except sqlite3.Error as error:
        if may_be_sound(error):
            raise StoreError(f"{path} cannot be written: {why_not(error)}") from error
        raise StoreError(
            f"{path} cannot be brought from version {version} to {model.version}: {error};"
            " nothing of it was changed: go on with the chatd of before, and report this"
        ) from error


def copy_file(connection: sqlite3.Connection, target: Path) -> None:
    """A consistent copy of the open database as one file, durable before it has its name. Raises StoreError,
    and what reading the database raises."""
    part = target.with_name(target.name + PART)
    try:
        remove(part)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        copy = sqlite3.connect(part, isolation_level=None)
        try:
            connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, with no side files
        finally:
            copy.close()
        sync(part)
        part.replace(target)
        sync(target.parent)
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {why_not(error)}") from error
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_FULL:
            raise
        raise StoreError(f"{target} cannot be written: {error}; make room on the disk") from error
    finally:
        with suppress(OSError):
            remove(part)

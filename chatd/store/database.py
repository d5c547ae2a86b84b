"""The open store: one file, one connection that writes, a few that read.

`open_store` walks in (lock, migrations, writer, readers, views) and walks out the other way round: those
who read first, so that the last checkpoint can move everything into the file, then the writer.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec
import trio

from chatd.clock import new_id
from chatd.log import log as server_log
from chatd.ports import StoreError, StoreMisplaced, StoreUnavailable
from chatd.store.connection import TrioConnection, connect, open_reader, open_writer
from chatd.store.log.journal import Fault, Journal
from chatd.store.log.sqlite_log import SqliteLog
from chatd.store.ops import migrate, rescued, scratch, verify
from chatd.store.ops.backup import Backup, backup
from chatd.store.ops.data_dir import DATABASE, Held, hold
from chatd.store.ops.epochs import Epochs
from chatd.store.ops.epochs import begin as begin_epochs
from chatd.store.ops.place import NOT_THERE, Place, narrow
from chatd.store.queries.reader import SqliteReader, open_pool
from chatd.store.views.file import SqliteViews, open_views

T = TypeVar("T")


class Sizes(msgspec.Struct, frozen=True):
    """Bytes on the disk."""

    database: int
    wal: int


class Store(msgspec.Struct, frozen=True):
    """What the composition root hands on: the log to the log writer, the reader to everyone, the views
    to their followers and to those who ask them."""

    path: Path
    log: SqliteLog
    reader: SqliteReader
    views: SqliteViews
    epochs: Epochs
    _place: Place
    _writer: TrioConnection

    @property
    def epoch(self) -> str:
        """The epoch that clients are told."""
        return self.epochs.present

    def misplaced(self) -> str | None:
        return self._place.problem()

    def touched(self) -> str | None:
        return self._place.touched()

    async def check(self) -> tuple[str, ...]:
        """What is wrong with the file, in words. Reads all of it."""
        with _translated():
            async with self._look() as connection:
                return await _interruptible(connection, lambda file: verify.check(file, self.path))

    async def verify(self) -> verify.Verified:
        """Replays the log, in pieces, and compares."""
        if self._place.lost() is not None:
            raise StoreMisplaced(NOT_THERE)
        with _translated():
            async with connect(partial(scratch.open_scratch, self.path)) as connection:
                replay = await connection.run(verify.Replay)
                while await _interruptible(connection, lambda _: replay.step()):
                    pass
                return await _interruptible(connection, lambda _: replay.finish())

    async def backup(self, path: Path) -> Backup:
        """A consistent copy while the server runs, of what is open. Raises StoreError when `path` exists."""
        stop = threading.Event()
        with _translated():
            async with self._look() as connection:
                try:
                    return await connection.run(lambda file: backup(file, path, stop))
                finally:
                    stop.set()

    @asynccontextmanager
    async def _look(self) -> AsyncIterator[TrioConnection]:
        """A connection that reads: one of its own, unless the path does not lead to the open file any more.
        Then it is the writer's, which has nothing to write."""
        if self._place.lost() is not None:
            yield self._writer
            return
        async with connect(partial(open_reader, self.path)) as connection:
            yield connection

    def sizes(self) -> Sizes:
        return Sizes(_size(self.path), _size(self.path.with_name(self.path.name + "-wal")))


@asynccontextmanager
async def open_store(folder: Path, *, fault: Fault | None = None) -> AsyncIterator[Store]:
    """The store in `folder`, which is made if need be. Raises StoreError: in use by another server,
    written by a newer chatd, damaged, older than a rescued copy; at the end: lost, and no copy could be made.
    `fault` is for tests, see `chatd.store.log.journal`."""
    path = folder / DATABASE
    with hold(folder) as held:
        if (warning := narrow(folder)) is not None:
            server_log.warning("data_folder_open", problem=warning)
        rescued.refuse_to_forget(path)
        await trio.to_thread.run_sync(migrate.prepare, path)
        place = Place(path)
        async with connect(partial(open_writer, path, create=False)) as writer:
            journal = Journal(writer, place, fault)
            epochs = await writer.run(partial(_begin, journal, held))
            log = SqliteLog(writer, journal, place)
            try:
                async with open_pool(path) as reader, open_views(path) as views:
                    place.learn()
                    yield Store(path, log, reader, views, epochs, place, writer)
            finally:
                with trio.CancelScope(shield=True):
                    await _settle(log)
                    if (lost := place.lost()) is not None:
                        await _rescue(writer, path, lost)


def _begin(journal: Journal, held: Held, connection: sqlite3.Connection) -> Epochs:
    """Gives a new database its name and its key, and finds where the log stands, and in which epoch."""
    try:
        made = [("epoch", new_id()), ("created_at", str(time.time_ns() // 1_000_000))]
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT OR IGNORE INTO meta (key, value) VALUES (?, ?)", made)
        key = secrets.token_bytes(32)
        connection.execute("INSERT OR IGNORE INTO keys (name, secret) VALUES ('signing', ?)", (key,))
        epochs = begin_epochs(connection, held)
        connection.execute("COMMIT")
        journal.open(connection)
        return epochs
    except sqlite3.Error as error:
        raise StoreError(f"the database cannot be opened: {error}") from error


async def _settle(log: SqliteLog) -> None:
    try:
        await log.checkpoint()
    except StoreUnavailable as error:
        # nothing is lost: what was acknowledged stays in the write-ahead log until the next start
        server_log.warning("checkpoint_failed", error=str(error))


async def _rescue(writer: TrioConnection, path: Path, lost: str) -> None:
    """Writes a copy of what is open beside the path that does not lead to it: it ends with this process.
    Raises StoreError when that cannot be."""
    copy = rescued.name(path)
    try:
        saved = await writer.run(lambda file: backup(file, copy, threading.Event()))
    except (StoreError, StoreUnavailable, sqlite3.Error) as error:
        server_log.error("database_lost", problem=lost, error=str(error))
        raise StoreError(
            f"the database is lost: {lost}, and what was open could not be saved: {error};"
            " restore a backup with `chatctl backup restore`"
        ) from error
    else:
        server_log.error("database_rescued", problem=lost, copy=str(saved.path), position=saved.position)


async def _interruptible(connection: TrioConnection, function: Callable[[sqlite3.Connection], T]) -> T:
    reply = connection.submit(function)
    try:
        return await reply
    finally:
        await connection.abandon(reply)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreUnavailable(f"the database cannot be read: {error}") from error


def _size(path: Path) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0

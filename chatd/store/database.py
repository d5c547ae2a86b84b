"""The open store: one file, one connection that writes, a few that read.

`open_store` walks in (lock, migrations, writer, readers, views) and walks out the other way round: those
who read first, so that the last checkpoint can move everything into the file, then the writer.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec
import trio

from chatd.clock import new_id, now
from chatd.concurrency.background_work import Pacer, lower_priority
from chatd.durable import make_private
from chatd.log import log as server_log
from chatd.ports import CompactError, StoreError, StoreMisplaced, StoreUnavailable
from chatd.store.connection import TrioConnection, connect, open_reader, open_writer, translated_errors
from chatd.store.log.journal import Fault, Journal
from chatd.store.log.preallocation import Preallocation
from chatd.store.log.sqlite_log import SqliteLog
from chatd.store.ops import compact, leftovers, migrate, ownership, rescued, scratch_tables, standby, verify
from chatd.store.ops.backup import Backup, backup
from chatd.store.ops.compact import Compacted
from chatd.store.ops.data_folder import DATABASE, LockFile, hold, refuse_half_restored, why_not
from chatd.store.ops.epochs import Epochs, forget_lock
from chatd.store.ops.epochs import begin as begin_epochs
from chatd.store.ops.place import NOT_THERE, Place, narrow
from chatd.store.ops.replication import StoreReplication
from chatd.store.queries.reader import SqliteReader, open_pool
from chatd.store.views.file import SqliteViews, open_views

T = TypeVar("T")

# A copy rests less than other work that can wait: for as long as it looks, the write-ahead log cannot be
# emptied, and what has gathered then holds up one commit.
HURRIES = 1.0

NOT_SHRINKABLE = (
    "this database was made by a chatd that could not make files smaller; an export and an import into a"
    " new data folder can"
)


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
    replication: StoreReplication
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
        with translated_errors():
            async with self._look() as connection:
                return await _interruptible(connection, lambda file: verify.check(file, self.path))

    async def verify(self) -> verify.Verified:
        """Replays the log, in pieces, and compares."""
        if self._place.lost() is not None:
            raise StoreMisplaced(NOT_THERE)
        with translated_errors():
            async with connect(partial(scratch_tables.open_scratch, self.path)) as connection:
                replay = await connection.run(verify.Replay)
                while await _interruptible(connection, lambda _: replay.step()):
                    pass
                return await _interruptible(connection, lambda _: replay.finish())

    async def backup(self, path: Path, durable: bool = True, for_node: bool = False) -> Backup:
        """A consistent copy while the server runs, of what is open. Raises StoreError when `path` exists.
        `for_node`: see `chatd.store.ops.backup`."""
        pace = Pacer(HURRIES)
        with translated_errors():
            async with self._look() as connection:
                try:
                    if connection is not self._writer:
                        connection.call(lower_priority)
                    return await connection.run(lambda file: backup(file, path, pace, durable, for_node))
                finally:
                    pace.stop()

    async def compact(self, told: Callable[[str, int], None] = lambda step, percent: None) -> Compacted:
        """Gives disk back, a little at a time. `told` hears which step it is at, and how much of it is done.
        Raises CompactError when there is not enough of it to begin."""
        told("reading", 0)
        before = await self._file_bytes()
        with translated_errors():
            async with self._look() as connection:
                if not await connection.run(compact.shrinkable):
                    raise CompactError(NOT_SHRINKABLE)
                texts = await _interruptible(connection, partial(compact.texts, now=now()))
        needed = compact.HEADROOM + (texts.kept if texts.worth else 0)
        if (free := shutil.disk_usage(self.path.parent).free) < needed:
            raise CompactError(
                f"compacting needs {needed // 2**20} MiB free on the disk of {self.path.parent}, and there"
                f" are {free // 2**20}; make room first"
            )
        held = await self.log.begin_shrinking()
        try:
            for table in (compact.NEXT, compact.OLD):  # of a compaction that was given up
                await self._clear(table)
            if texts.worth:
                await self.log.step(compact.begin, held)
                after: int | None = 0
                while after is not None:
                    told("copying", _percent(after, texts.last))
                    after = await self.log.step(partial(compact.copy, after=after, recent=texts.recent), held)
                await self._clear(compact.OLD, lambda upto: told("clearing", _percent(upto, texts.last)))
            left = most = await self.log.step(compact.vacuum, held)
            while left:
                most = max(most, left)
                told("shrinking", _percent(most - left, most))
                left = await self.log.step(compact.vacuum, held)
        finally:
            self._place.shrunk()
        await self.log.checkpoint()
        await self.views.vacuum()
        return Compacted(before, await self._file_bytes())

    async def _clear(self, table: str, told: Callable[[int], None] = lambda upto: None) -> None:
        while upto := await self.log.step(partial(compact.clear, table=table)):
            told(upto)

    async def _file_bytes(self) -> int:
        with translated_errors():
            async with self._look() as connection:
                return await connection.run(compact.size) + await self.views.ask(compact.size)

    @asynccontextmanager
    async def _look(self) -> AsyncIterator[TrioConnection]:
        """A connection that reads: one of its own, unless the path does not lead to the open file any more.
        Then it is the writer's, which has nothing to write."""
        if self._place.lost() is not None:
            yield self._writer
            return
        async with connect(partial(open_reader, self.path)) as connection:
            yield connection

    async def copy(self, path: Path) -> Backup:
        """A copy for another node of the cluster: it is no other history, so it keeps the epoch. Raises
        StoreError and StoreUnavailable."""
        made = await self.backup(path, for_node=True)
        with translated_errors():
            await trio.to_thread.run_sync(forget_lock, path)
        return made

    async def foreign_writes(self) -> int | None:
        """A number that is another one once somebody else has written to the file, or it was opened anew;
        None while it is not open. Raises StoreUnavailable."""

        def version() -> int | None:
            if (file := self._writer.current()) is None:
                return None
            [found] = file.execute("PRAGMA data_version").fetchone()
            return int(found)

        with translated_errors():
            return await self._writer.call(version)

    def sizes(self) -> Sizes:
        return Sizes(_size(self.path), _size(self.path.with_name(self.path.name + "-wal")))


@asynccontextmanager
async def open_store(
    folder: Path, *, shared: bool = False, fault: Fault | None = None
) -> AsyncIterator[Store]:
    """The store in `folder`, which is made if need be. Raises StoreError: in use by another server,
    written by a newer chatd, damaged, older than a rescued copy; at the end: lost, and no copy could be made.
    `shared`: of a node of a cluster, where an older copy is no other history: it gets from the others what it
    lacks. `fault` is for tests, see `chatd.store.log.journal`."""
    path = folder / DATABASE
    with hold(folder) as lock_file, ownership.given(folder):
        if (warning := narrow(folder)) is not None:
            server_log.warning("data_folder_open", problem=warning)
        if (warning := ownership.warning(folder)) is not None:
            server_log.warning("data_folder_of_another", problem=warning)
        refuse_half_restored(folder)
        rescued.refuse_to_forget(path)
        await trio.to_thread.run_sync(leftovers.clear, path)
        await trio.to_thread.run_sync(migrate.prepare, path)
        await trio.to_thread.run_sync(_refuse_standby, path)
        if shared:
            await trio.to_thread.run_sync(forget_lock, path)
        place = Place(path)
        async with connect(partial(open_writer, path, create=False, lazily=shared)) as writer:
            journal = Journal(writer, place, fault)
            epochs = await writer.run(partial(_begin, journal, lock_file))
            log = SqliteLog(writer, journal, place, None if shared else Preallocation(path))
            try:
                async with open_pool(path) as reader, open_views(path) as views:
                    place.learn()
                    replication = StoreReplication(path, epochs.database, journal.transactions, writer)
                    yield Store(path, log, reader, views, epochs, replication, place, writer)
            finally:
                with trio.CancelScope(shield=True):
                    await _settle(log)
                    if (lost := place.lost()) is not None:
                        await _rescue(writer, path, lost, place.has_no_name())


def _percent(done: int, of: int) -> int:
    return min(99, done * 100 // of) if of else 0


def _refuse_standby(path: Path) -> None:
    try:
        connection = open_reader(path)
        try:
            standby.refuse(connection, path)
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise StoreError(f"the database cannot be opened: {why_not(error)}") from error


def _begin(journal: Journal, lock_file: LockFile, connection: sqlite3.Connection) -> Epochs:
    """Gives a new database its name and its key, and finds where the log stands, and in which epoch."""
    try:
        made = [("epoch", new_id()), ("created_at", str(time.time_ns() // 1_000_000))]
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT OR IGNORE INTO meta (key, value) VALUES (?, ?)", made)
        key = secrets.token_bytes(32)
        connection.execute("INSERT OR IGNORE INTO keys (name, secret) VALUES ('signing', ?)", (key,))
        key = secrets.token_bytes(48)
        connection.execute("INSERT OR IGNORE INTO keys (name, secret) VALUES ('push', ?)", (key,))
        epochs = begin_epochs(connection, lock_file)
        connection.execute("COMMIT")
        journal.open(connection)
        return epochs
    except sqlite3.Error as error:
        raise StoreError(f"the database cannot be opened: {why_not(error)}") from error


async def _settle(log: SqliteLog) -> None:
    try:
        await log.checkpoint()
    except StoreUnavailable as error:
        # nothing is lost: what was acknowledged stays in the write-ahead log until the next start
        server_log.warning("checkpoint_failed", error=str(error))


async def _rescue(writer: TrioConnection, path: Path, lost: str, deleted: bool) -> None:
    """Writes a copy of what is open beside the path that does not lead to it: it ends with this process.
    Raises StoreError when that cannot be. `deleted`: with all of its folder, perhaps, which is made again."""
    copy = rescued.name(path)
    try:
        if deleted:
            with suppress(OSError):  # to make the copy says what is wrong
                make_private(path.parent)
        saved = await writer.run(lambda file: backup(file, copy, Pacer()))
    except (StoreError, StoreUnavailable, sqlite3.Error) as error:
        server_log.error("database_lost", problem=lost, error=str(error))
        raise StoreError(
            f"the database is lost: {lost}, and what was open could not be saved: {error};"
            " put back what was moved, or restore a backup with `chatctl backup restore`"
        ) from error
    else:
        server_log.error("database_rescued", problem=lost, copy=str(saved.path), position=saved.position)


async def _interruptible(connection: TrioConnection, function: Callable[[sqlite3.Connection], T]) -> T:
    reply = connection.submit(function)
    try:
        return await reply
    finally:
        await connection.abandon(reply)


def _size(path: Path) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0

"""The views' file, `views.db` beside the log's: one connection that writes it, three that are asked.

The log's file is attached to each of them read-only, so that a view is filled by statements that read
events and write rows, and no row passes through Python. `SqliteViews` is the `ViewStore` of `chatd.ports`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import trio

from chatd.concurrency.fair_queue import Share
from chatd.log import log as server_log
from chatd.ports import Lag, StoreError, StoreUnavailable, View
from chatd.store.connection import TrioConnection, connect
from chatd.store.ops import compact
from chatd.store.ops.data_folder import why_not
from chatd.store.queries.pool import Pool
from chatd.store.views.positions import ViewPositions

T = TypeVar("T")

VIEWS: Final = "views.db"
READERS: Final = 3
SHARE: Final = Share(  # a search may take seconds: one place is always left for who is elsewhere
    waiting_account=16, waiting_address=256, at_once_account=1, at_once_address=READERS - 1
)
QUESTION_SECONDS: Final = 5.0
BETWEEN_VACUUMS: Final = 0.01  # seconds
BUILT_AGAIN: Final = "move it away, and it is built again"
DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class SqliteViews:
    """The `ViewStore` of `chatd.ports`. A file that is found damaged is made anew by the next who writes."""

    def __init__(
        self,
        positions: ViewPositions,
        writer: TrioConnection,
        readers: Sequence[TrioConnection],
        question_seconds: float = QUESTION_SECONDS,
    ) -> None:
        self._positions = positions
        self._writer = writer
        self._readers = readers
        self._pool = Pool(readers, question_seconds, SHARE)
        self._damage: sqlite3.Error | None = None
        self._mending = trio.Lock()

    async def follow(self, view: View, most: int) -> Lag:
        return await self._write(partial(self._positions.follow, view=view, most=most))

    async def lag(self, view: View) -> Lag:
        return await self.ask(partial(self._positions.lag, view=view))

    async def drop(self, view: View) -> None:
        await self._write(partial(self._positions.build, view=view))

    async def ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        if self._damage is not None:
            raise StoreUnavailable("the views' file is damaged and will be built again")
        try:
            return await self._pool.ask(question)
        except StoreUnavailable as error:
            self._note(error.__cause__)
            raise
        finally:
            if self._positions.scrub_due:
                self._writer.submit(self._positions.scrub)  # this look may be what it has to wait for

    async def vacuum(self) -> None:
        """Takes the free pages out of the file, some at a time. Raises StoreUnavailable."""
        left = 1
        while left:
            left = await self._write(compact.vacuum)
            await trio.sleep(BETWEEN_VACUUMS)
        await self._write(self._positions.scrub)

    async def _write(self, function: Callable[[sqlite3.Connection], T]) -> T:
        try:
            if self._damage is not None:
                await self._mend()
            return await self._writer.submit(function)
        except (sqlite3.Error, OSError) as error:
            self._note(error)
            raise StoreUnavailable(f"the views' file cannot be written: {error}") from error

    def _note(self, error: BaseException | None) -> None:
        if isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGE:
            self._damage = error

    async def _mend(self) -> None:
        async with self._mending:
            if (damage := self._damage) is None:
                return
            # it may be the log's file that is damaged, but that one has no virtual tables
            surely = damage.sqlite_errorcode == sqlite3.SQLITE_CORRUPT_VTAB
            for reader in self._readers:
                await reader.call(partial(_close, reader))  # the file is removed when nobody has it open
            if await self._writer.call(partial(self._positions.replace, self._writer, surely)):
                server_log.error("views_built_again", file=str(self._positions.path), reason=str(damage))
            for reader in self._readers:
                await reader.call(reader.reopen)
            self._damage = None


@asynccontextmanager
async def open_views(log: Path, *, question_seconds: float = QUESTION_SECONDS) -> AsyncIterator[SqliteViews]:
    """The views of the log's file `log`, which is there already. Raises StoreError."""
    positions = ViewPositions(log.with_name(VIEWS), log)
    async with AsyncExitStack() as stack:
        try:
            writer = await stack.enter_async_context(connect(positions.open_writer))
            readers = [
                await stack.enter_async_context(connect(positions.open_reader, at_once=False))
                for _ in range(READERS)
            ]
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{positions.path} cannot be opened: {why_not(error, BUILT_AGAIN)}") from error
        yield SqliteViews(positions, writer, readers, question_seconds)


def _close(connection: TrioConnection) -> None:
    if (file := connection.current()) is not None:
        file.close()

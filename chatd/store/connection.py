"""A database connection whose answers arrive in trio.

aiosqlite keeps one thread per connection and hands each result to an asyncio future. All that it asks
of a future is `get_loop`, `call_soon_threadsafe`, `done`, `set_result` and `set_exception`; `Reply`
answers to these names and goes through trio's token instead. It also lets a whole transaction run as
one function in one hop to the thread, so that no cancelled await can leave a BEGIN without its COMMIT.

aiosqlite is pinned to the version whose inside this leans on; a contract test watches it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

import aiosqlite
import trio
from aiosqlite.core import _STOP_RUNNING_SENTINEL

from chatd.ports import StoreUnavailable

T = TypeVar("T")

BUSY_SECONDS = 5.0
INTERRUPT_EVERY = 0.05

# For an empty file, until it has a write-ahead log: there is nothing yet to roll back to, and to write that
# down would be six waits for the disk.
UNJOURNALED = "PRAGMA main.journal_mode = MEMORY"

# Python 3.11 asks whatever is bound for a method, and drops the error that it lacks one, where there is no
# adapter: 12 % of the instructions that a post costs the log's thread. These two give back what they get.
sqlite3.register_adapter(type(None), dict[None, None]().get)
sqlite3.register_adapter(bytes, bytes)


class Reply(Generic[T]):
    """One answer on its way from the database thread. To stop waiting for it changes nothing there."""

    def __init__(self) -> None:
        self._token = trio.lowlevel.current_trio_token()
        self._arrived = trio.Event()
        self._result: T | None = None
        self._error: BaseException | None = None

    async def wait(self) -> T:
        await self._arrived.wait()
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]

    def __await__(self) -> Generator[Any, None, T]:
        return self.wait().__await__()

    # what aiosqlite's worker thread asks of a future
    def get_loop(self) -> Reply[T]:
        return self

    def call_soon_threadsafe(self, callback: Callable[..., Any], *args: Any) -> None:
        with suppress(trio.RunFinishedError):  # nobody is left to be told
            self._token.run_sync_soon(partial(callback, *args))

    def done(self) -> bool:
        return self._arrived.is_set()

    def set_result(self, result: T) -> None:
        self._result = result
        self._arrived.set()

    def set_exception(self, error: BaseException) -> None:
        self._error = error
        self._arrived.set()


class TrioConnection(aiosqlite.Connection):
    """aiosqlite on trio. `async with` it, then `submit` or `run` whole functions."""

    at_once = True  # whether the file is opened before it is needed

    async def __aenter__(self) -> TrioConnection:
        await super().__aenter__()
        return self

    def submit(self, function: Callable[[sqlite3.Connection], T]) -> Reply[T]:
        """Queues `function` for the database thread, without waiting; functions run in this order."""
        return self.call(lambda: function(self._connection or self.reopen()))

    def call(self, function: Callable[[], T]) -> Reply[T]:
        """The same for a function that needs no open file."""
        reply: Reply[T] = Reply()
        if self._running:
            self._tx.put_nowait((reply, function))  # type: ignore[arg-type]
        else:
            reply.set_exception(StoreUnavailable("the store is closed"))
        return reply

    async def run(self, function: Callable[[sqlite3.Connection], T]) -> T:
        return await self.submit(function)

    async def abandon(self, reply: Reply[T]) -> None:
        """Interrupts the statement that `reply` waits for, and returns when the thread is free."""
        with trio.CancelScope(shield=True):
            while not reply.done():
                # again and again: the function may have been between two statements
                if self._connection is not None:
                    self._connection.interrupt()
                with trio.move_on_after(INTERRUPT_EVERY):
                    await reply._arrived.wait()

    def current(self) -> sqlite3.Connection | None:
        """The open file, if there is one. To be used on the database thread only."""
        return self._connection

    def reopen(self) -> sqlite3.Connection:
        """Closes the file and opens it again. To be called on the database thread only."""
        if self._connection is not None:
            stale, self._connection = self._connection, None
            stale.close()
        self._connection = self._connector()
        return self._connection

    # what aiosqlite does through asyncio
    async def _execute(self, fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        return await self.call(partial(fn, *args, **kwargs))

    async def _connect(self) -> TrioConnection:
        try:
            if self.at_once:
                await self.call(self.reopen)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> Reply[Any] | None:  # type: ignore[override]
        try:
            reply: Reply[Any] | None = Reply()
        except RuntimeError:
            reply = None  # the garbage collector calls, and trio is over
        self._running = False
        self._tx.put_nowait((reply, self._close_and_stop))  # type: ignore[arg-type]
        return reply

    async def close(self) -> None:
        """Lets everything that was submitted finish, then closes."""
        if self._running and (reply := self.stop()):
            with trio.CancelScope(shield=True):
                await reply

    def _close_and_stop(self) -> Any:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        return _STOP_RUNNING_SENTINEL


def connect(opener: Callable[[], sqlite3.Connection], at_once: bool = True) -> TrioConnection:
    """A connection that `opener` opens, on its own thread: when it is entered, or when it is first used."""
    connection = TrioConnection(opener, iter_chunk_size=64)
    connection.at_once = at_once
    return connection


@contextmanager
def closed_on_error(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """For what is done to a file that has just been opened, before anybody else has it."""
    try:
        yield connection
    except BaseException:
        connection.close()
        raise


def open_writer(path: Path, *, create: bool = True, lazily: bool = False) -> sqlite3.Connection:
    """The one connection that writes and checkpoints. Each commit is on the disk when it returns; `lazily`:
    after the next checkpoint, for a database whose last commits stand elsewhere too."""
    uri = f"{path.absolute().as_uri()}?mode={'rwc' if create else 'rw'}"
    with closed_on_error(_connected(uri)) as connection:
        if create and not path.stat().st_size:  # opened, so it is there
            connection.execute(UNJOURNALED)
        # checkpoints are the log's to time (see `Log`); this is the bound that holds if it cannot
        connection.executescript(
            """
            PRAGMA auto_vacuum = INCREMENTAL; -- of a file that is made now: `server compact` needs it
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA secure_delete = ON;
            PRAGMA wal_autocheckpoint = 16384;
            PRAGMA cache_size = -16000;
            PRAGMA temp_store = MEMORY; -- else pages with texts of before go to files elsewhere, past erasing
            """
        )
        if lazily:
            connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def open_reader(path: Path) -> sqlite3.Connection:
    """Read-only, for every connection but the writer's: two that checkpoint and commit at the same
    instant can corrupt the file (SQLite 3.7.0 to 3.51.2)."""
    uri = path.absolute().as_uri() + "?mode=ro"
    with closed_on_error(_connected(uri)) as connection:
        # Holds what the unread list of 500 rooms looks at. The file is not mapped instead: where a page of it
        # cannot be read, because the disk fails or the file was cut off, the kernel would end the process.
        connection.execute("PRAGMA cache_size = -16000")
    return connection


def _connected(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, cached_statements=256)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Raises StoreUnavailable for what SQLite says within."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreUnavailable(f"the database cannot be read: {error}") from error

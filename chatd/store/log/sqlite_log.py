"""The log as the actors know it: appends in, durable events out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import trio

from chatd.ports import Append, Appended, StoreMisplaced, StoreUnavailable, Taken
from chatd.store.connection import Reply, TrioConnection
from chatd.store.log.erasure import erases
from chatd.store.log.journal import Journal
from chatd.store.ops.place import NOT_THERE, Place


class SqliteCommit:
    """A transaction on its way to the disk. To stop waiting does not stop it."""

    def __init__(self, reply: Reply[list[Appended | Taken]], confirm: Callable[[], None]) -> None:
        self._reply = reply
        self._confirm = confirm

    async def wait(self) -> list[Appended | Taken]:
        """One outcome for each append, in order. Raises StoreUnavailable: then nothing was written."""
        outcomes = await self._reply
        self._confirm()
        return outcomes


class MisplacedCommit:
    """A transaction that was not begun, because its file is not at its path."""

    async def wait(self) -> list[Appended | Taken]:
        await trio.lowlevel.checkpoint()
        raise StoreMisplaced(NOT_THERE)


class SqliteLog:
    """The durable order of everything. Its journal works on the writer's thread."""

    def __init__(self, connection: TrioConnection, journal: Journal, place: Place) -> None:
        self._connection = connection
        self._journal = journal
        self._place = place
        self._erased: trio.Event | None = None  # while erased texts may be in the write-ahead log
        self._erase_again = False

    def submit(self, appends: Sequence[Append]) -> SqliteCommit | MisplacedCommit:
        """Starts one transaction for all appends at once, without waiting; they run in this order."""
        if self._place.lost() is not None:
            return MisplacedCommit()
        reply = self._connection.call(lambda: self._journal.commit(appends))
        # what follows is queued behind the commit, so that its askers are answered before the disk works on
        if erases(appends):
            self._erase_soon()
        if self._journal.checkpoint_due:
            self._journal.checkpoint_due = False
            self._connection.call(self._journal.checkpoint)
        return SqliteCommit(reply, self._confirm)

    def _confirm(self) -> None:
        """What is acknowledged is in the file at the path. On this thread, because a call to the system lets
        go of the interpreter lock, and the database's thread would have to wait for it."""
        if self._place.lost() is not None:
            self._journal.distrust()
            raise StoreMisplaced(NOT_THERE)

    async def checkpoint(self) -> None:
        """Moves what the write-ahead log holds into the database file, and empties it."""
        await self._connection.call(self._journal.empty)

    async def erased(self) -> None:
        """Waits until what was erased by finished commits stands nowhere in the files any more."""
        while self._erased is not None:
            await self._erased.wait()

    def _erase_soon(self) -> None:
        self._erase_again = True
        if self._erased is None:
            self._erased = trio.Event()
            # a task of the system's, because it outlives whoever submits and has nobody to report to
            trio.lowlevel.spawn_system_task(self._erase, self._erased)

    async def _erase(self, erased: trio.Event) -> None:
        try:
            while self._erase_again:
                self._erase_again = False
                wait = await self._connection.call(self._journal.erase)
                if wait is not None:
                    self._erase_again = True
                    await trio.sleep(wait)
        except StoreUnavailable:
            pass  # the store was closed, and its write-ahead log emptied with it
        finally:
            self._erased = None
            erased.set()

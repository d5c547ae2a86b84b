"""The log as the actors know it: appends in, durable events out."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import trio

from chatd.ports import Append, Appended, Made, Show, StoreMisplaced, StoreUnavailable, Taken
from chatd.store.connection import Reply, TrioConnection
from chatd.store.log.erasure import EVERY, erases, patient
from chatd.store.log.journal import Journal
from chatd.store.log.preallocation import Preallocation
from chatd.store.ops.place import NOT_THERE, Place

RESTS: Final = 2.0  # times as long as a step took
T = TypeVar("T")


class SqliteCommit:
    """A transaction on its way to the disk. To stop waiting does not stop it."""

    def __init__(self, reply: Reply[list[Appended | Taken]], confirm: Callable[[], None], show: Show) -> None:
        self._reply = reply
        self._confirm = confirm
        self._show = show
        self._outcomes: list[Appended | Taken] = []

    async def wait(self) -> list[Appended | Taken]:
        """One outcome for each append, in order. Raises StoreUnavailable: then nothing was written."""
        outcomes = await self._reply
        self._confirm()
        self._outcomes = outcomes
        return outcomes

    def publish(self) -> None:
        """Shows the events that it brought; to be called once, in the order of the commits."""
        self._show([event for done in self._outcomes if isinstance(done, Appended) for event in done.events])


class MisplacedCommit:
    """A transaction that was not begun, because its file is not at its path."""

    async def wait(self) -> list[Appended | Taken]:
        await trio.lowlevel.checkpoint()
        raise StoreMisplaced(NOT_THERE)

    def publish(self) -> None:
        """There is nothing to show."""


class SqliteLog:
    """The durable order of everything. Its journal works on the writer's thread."""

    def __init__(
        self,
        connection: TrioConnection,
        journal: Journal,
        place: Place,
        preallocation: Preallocation | None = None,
    ) -> None:
        self._connection = connection
        self._journal = journal
        self._place = place
        self._preallocation = preallocation
        self._erased: trio.Event | None = None  # while erased texts may be in the write-ahead log
        self._erase_again = False
        self._hurry = trio.Event()  # something is to be erased that is not patient
        self._show: Show = lambda events: None

    def follow(self, show: Show) -> None:
        """From now on `show` is given what commits bring."""
        self._show = show

    def submit(
        self, appends: Sequence[Append], made: Sequence[Made] | None = None
    ) -> SqliteCommit | MisplacedCommit:
        """Starts one transaction for all appends at once, without waiting; they run in this order.
        `made`: what they are stored as, one for each; None: it is made here."""
        if self._place.lost() is not None:
            return MisplacedCommit()
        reply = self._connection.call(lambda: self._journal.commit(appends, made))
        # what follows is queued behind the commit, so that its askers are answered before the disk works on
        if erases(appends):
            self._erase_soon(patient(appends))
        if self._journal.checkpoint_due:
            self._journal.checkpoint_due = False
            self._connection.call(self._journal.checkpoint)
        if (room := self._preallocation) is not None and room.due():
            self._connection.call(lambda: room.extend(self._connection.current()))
        return SqliteCommit(reply, self._confirm, self._show)

    def _confirm(self) -> None:
        """What is acknowledged is in the file at the path. On this thread, because a call to the system lets
        go of the interpreter lock, and the database's thread would have to wait for it."""
        if self._place.lost() is not None:
            self._journal.distrust()
            raise StoreMisplaced(NOT_THERE)

    async def begin_shrinking(self) -> sqlite3.Connection:
        """What `step` wants to be given. Raises StoreUnavailable."""
        return await self._connection.call(self._journal.begin_shrinking)

    async def step(
        self, function: Callable[[sqlite3.Connection], T], connection: sqlite3.Connection | None = None
    ) -> T:
        """One step of a work that takes many; between two of them the database rests for longer than it took,
        so that nobody who posts waits for long. Raises StoreUnavailable."""
        began = trio.current_time()
        done = await self._connection.call(lambda: self._journal.maintain(function, connection))
        if self._journal.checkpoint_due:
            self._journal.checkpoint_due = False
            await self._connection.call(self._journal.checkpoint)
        await trio.sleep(RESTS * (trio.current_time() - began))
        return done

    async def answered(self) -> None:
        """Returns when the writer's thread has come to it, behind all that was submitted before."""
        await self._connection.call(lambda: None)

    async def checkpoint(self) -> bool:
        """Moves what the write-ahead log holds into the database file, and empties it. Whether all of it is
        on the disk by then: while somebody reads, it may not be. Raises StoreUnavailable."""
        return await self._connection.call(self._journal.empty)

    async def erased(self) -> None:
        """Waits until what was erased by finished commits stands nowhere in the files any more."""
        while self._erased is not None:
            await self._erased.wait()

    async def _pause(self, seconds: float) -> None:
        """Long ones end early when something else is to be erased at once."""
        with trio.move_on_after(seconds):
            if seconds > EVERY:
                await self._hurry.wait()
            else:
                await trio.sleep_forever()

    def _erase_soon(self, patient: bool) -> None:
        self._erase_again = True
        if not patient:
            self._hurry.set()
        if self._erased is None:
            self._erased = trio.Event()
            # a task of the system's, because it outlives whoever submits and has nobody to report to
            trio.lowlevel.spawn_system_task(self._erase, self._erased)

    async def _erase(self, erased: trio.Event) -> None:
        try:
            while self._erase_again:
                self._erase_again, self._hurry = False, trio.Event()
                wait = await self._connection.call(self._journal.erase)
                if wait is not None:
                    self._erase_again = True
                    await self._pause(wait)
        except StoreUnavailable:
            pass  # the store was closed, and its write-ahead log emptied with it
        finally:
            self._erased = None
            erased.set()

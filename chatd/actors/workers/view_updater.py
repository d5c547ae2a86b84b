"""Follows the log for one view, in batches, and lets those wait who want to see what they just did.

The bus rings, nobody hands events over: the view reads the log's file on its own thread. What that costs
the rest of the server is how often it happens, since each batch takes the loop's time, the interpreter
lock and a place at the disk, whatever its size. So batches do not begin more often than every `MIN_INTERVAL`
seconds, unless somebody waits for one: the first event after a pause is taken in at once, and the busier
the log is, the more gathers for a batch.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Final, TypeVar

import msgspec
import trio

from chatd.actors.runtime.bus import Bus
from chatd.concurrency.backoff import Backoff
from chatd.concurrency.bell import Bell
from chatd.contract.view import ViewState
from chatd.log import log
from chatd.ports import Lag, Notifications, Question, Search, StoreUnavailable, View, ViewStore

T = TypeVar("T")

BATCH: Final = 2_500  # events; at this pace ten thousand a second
MIN_INTERVAL: Final = 0.25  # seconds from the beginning of a batch to the next one's
FAR: Final = 4 * BATCH  # events behind, as after a rebuild: batch upon batch, with
BREATH: Final = 0.5  # of a batch's own time between it and the next, which is the write path's
FIRST_RETRY: Final = 0.25  # seconds
LONGEST_RETRY: Final = 30.0
CHORES: Final = 1.0  # seconds after which a view that has put something off goes on, with nothing new
PATIENCE: Final = 2.0  # seconds for which a question waits for its view


class ViewUpdater:
    """The actor of one view. `position` is how far it has followed, `error` what keeps it from going on."""

    def __init__(self, view: View, store: ViewStore, bus: Bus) -> None:
        self.name = f"view {view.name}"
        self.view = view
        self.restarts = 0
        self.healthy = False
        self.position = 0
        self.error: str | None = None
        self._store = store
        self._bus = bus
        self._dropping = False
        self._wanted = 0  # the highest position that somebody waits for
        self._moved = Bell()
        self._rest: trio.CancelScope | None = None
        self._backoff = Backoff(FIRST_RETRY, LONGEST_RETRY)

    # --- asked from outside

    def row(self) -> ViewState:
        """Where it stands, as `view.list` shows it."""
        head = max(self._bus.head, self.position)
        lag = head - self.position
        return ViewState(name=self.view.name, position=self.position, head=head, lag=lag, error=self.error)

    async def wait(self, position: int, seconds: float = PATIENCE) -> bool:
        """Returns when the view has taken in everything up to `position`; False: not within `seconds`."""
        with trio.move_on_after(seconds):
            while self.position < position:
                self._wanted = max(self._wanted, position)
                if self._bus.head > self.position and self.error is None:
                    self._hurry()
                await self._moved.wait()
        return self.position >= position

    def rebuild(self) -> None:
        """Has the view dropped and built from the log again, while it goes on being asked."""
        self._dropping = True
        self.position = self._wanted = 0
        self._hurry()

    # --- its life

    async def run(self) -> None:
        """For ever."""
        begun = trio.current_time() - MIN_INTERVAL
        while True:
            with self._resting() as rest:
                if self.view.unfinished:
                    rest.deadline = trio.current_time() + CHORES
                if not self._dropping:
                    await self._bus.wait_beyond(self.position)
            with self._resting():
                if not self._urgent():
                    await trio.sleep_until(begun + MIN_INTERVAL)
            begun = trio.current_time()
            try:
                await self._batch()
            except StoreUnavailable as error:
                await self._retry(str(error))
            except Exception:
                log.exception("view_crashed", view=self.view.name)
                await self._retry("it crashed; the server's log says why")
            else:
                self._recovered()
            if self._bus.head - self.position >= FAR:
                await trio.sleep((trio.current_time() - begun) * BREATH)

    def failed(self, given_up: bool) -> None:
        """Nobody's request is held here; who waits gives up by itself."""

    async def _batch(self) -> None:
        if self._dropping:
            self._dropping = False
            try:
                await self._store.drop(self.view)
            except BaseException:
                self._dropping = True
                raise
            log.info("view_rebuilds", view=self.view.name)
        self._stands(await self._store.follow(self.view, BATCH))

    def _stands(self, lag: Lag) -> None:
        if self._dropping:
            return  # all of that is about to go
        self.position = lag.position
        if self._wanted <= self.position:
            self._wanted = 0
        self._moved.ring()

    def _urgent(self) -> bool:
        return self._dropping or self._wanted > self.position or self._bus.head - self.position >= FAR

    # --- resting

    def _resting(self) -> AbstractContextManager[trio.CancelScope]:
        """A rest that `_hurry` ends."""
        self._rest = trio.CancelScope()
        return self._rest

    def _hurry(self) -> None:
        if self._rest is not None:
            self._rest.cancel()

    async def _retry(self, reason: str) -> None:
        delay = self._backoff.next_delay()
        self.error = reason
        log.warning("view_stopped", view=self.view.name, reason=reason, retry=delay)
        with self._resting():
            await trio.sleep(delay)

    def _recovered(self) -> None:
        self.healthy = True
        if self._backoff.failures:
            log.info("view_continues", view=self.view.name)
        self._backoff.reset()
        self.error = None


class Views(msgspec.Struct, frozen=True):
    """All views of the server, as handlers ask them."""

    store: ViewStore
    updaters: Mapping[str, ViewUpdater]
    notifications: Notifications
    search: Search

    async def ask(self, view: View, question: Question[T], position: int) -> T:
        """The answer of a view that has taken in everything up to `position`, so that who asks sees what was
        done before; of one that takes too long to get there, what it knows. Raises StoreUnavailable."""
        await self.updaters[view.name].wait(position)
        return await self.store.ask(question)

    def rows(self) -> list[ViewState]:
        """Where each of them stands, by name."""
        return [self.updaters[name].row() for name in sorted(self.updaters)]

"""Receipts: how far each account has been given the log, and the signals that somebody has read on.

Delivered is what stands at the client: all that its session wrote has left the queue, or its cursor said
so when it came back. Sessions know that themselves; it is looked up when asked for, and saved now and
then, so that neither a message nor a delivery costs anything here.

An account that is invisible must not show by its receipts that it is there: what it is given then does not
count as delivered, and nobody is signalled what it reads.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

import trio

from chatd.actors.runtime.bus import Bus
from chatd.actors.runtime.feed import Feed
from chatd.actors.runtime.log_writer import LogWriter
from chatd.actors.runtime.signals import signal_frame
from chatd.concurrency.wakeup import Wakeup
from chatd.contract.signals import ReadMarked, ReadReceipt
from chatd.domain.event import account_stream
from chatd.log import log
from chatd.ports import Append, MarkDelivered, StoreUnavailable

SMALL: Final = 20  # members of a room in which each is shown what the others have read
EVERY: Final = 0.3  # seconds between two signals about one account in one room
WAITING: Final = 1000  # signals; more of them in so short a time are dropped
SAVE_EVERY: Final = 10.0  # seconds
SAVED_AT_ONCE: Final = 1000  # rows of one append
LOOKS: Final = 500  # at sessions, before others get their turn

StateOf = Callable[[str], Awaitable[Any]]
Hides = Callable[[str], bool]


class Receipts:
    """One for the server. `hides`: whether an account is invisible."""

    name = "receipts"

    def __init__(self, bus: Bus, writer: LogWriter, hides: Hides) -> None:
        self.restarts = 0
        self.healthy = False
        self.state_of: StateOf | None = None  # the directory's, which is made later
        self._bus = bus
        self._writer = writer
        self._hides = hides
        self._feeds: dict[str, dict[Feed, None]] = {}
        self._ended: dict[str, int] = {}  # where accounts stood whose sessions have ended, until it is saved
        self._saved: dict[str, int] = {}  # of those with a session
        self._read: dict[tuple[str, str], int] = {}  # stream and account, to be shown
        self._sleeping = Wakeup()

    # --- its life

    async def run(self) -> None:
        """For ever."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._show_now_and_then)
            nursery.start_soon(self._save_now_and_then)

    def failed(self, given_up: bool) -> None:
        """Nobody waits for an answer from here."""

    # --- delivered

    def enter(self, feed: Feed) -> None:
        self._feeds.setdefault(feed.account, {})[feed] = None

    def leave(self, feed: Feed) -> None:
        """The session has ended; `feed.look_delivered` was called while that was to be known."""
        feeds = self._feeds.get(feed.account, {})
        if feed in feeds:
            del feeds[feed]
            if not self._hides(feed.account):
                self._ended[feed.account] = max(feed.delivered, self._ended.get(feed.account, 0))
        if not feeds:
            self._feeds.pop(feed.account, None)

    async def delivered(self, account: str) -> int:
        """Up to which position a session of the account has been given everything, as far as is known here
        and others may know. Does not wait."""
        position = self._ended.get(account, 0)
        if self._hides(account):
            return position
        for feed in self._feeds.get(account, ()):
            await feed.look_delivered()
            position = max(position, feed.delivered)
        return position

    async def hide(self, account: str) -> None:
        """The account is about to be invisible: what it has been given so far stays shown. Does not wait."""
        self._ended[account] = await self.delivered(account)

    async def save(self) -> None:
        """Makes durable what has moved since the last time."""
        moved: dict[str, int] = {}
        for index, account in enumerate([*self._feeds, *self._ended]):
            position = await self.delivered(account)
            if position > self._saved.get(account, 0):
                moved[account] = position
            if index % LOOKS == LOOKS - 1:
                await trio.lowlevel.checkpoint()
        accounts = list(moved)
        try:
            for start in range(0, len(accounts), SAVED_AT_ONCE):
                part = accounts[start : start + SAVED_AT_ONCE]
                rows = (MarkDelivered(account, moved[account]) for account in part)
                await self._writer.append(Append(writes=tuple(rows)))
                for account in part:
                    self._saved[account] = moved[account]
        except StoreUnavailable as error:
            log.warning("deliveries_not_saved", error=str(error))
            return
        for account, position in tuple(self._ended.items()):
            if position <= self._saved.get(account, 0):
                del self._ended[account]
        for account in self._saved.keys() - self._feeds.keys() - self._ended.keys():
            del self._saved[account]

    async def _save_now_and_then(self) -> None:
        while True:
            await trio.sleep(SAVE_EVERY)
            await self.save()
            self.healthy = True

    # --- read

    def read_marked(self, account: str, stream: str, seq: int, shown: bool = True) -> None:
        """A read marker has moved, and that is durable. `shown`: further than ever, which others may know.
        Never waits."""
        self._bus.signal(account, signal_frame("read.marked", stream, account, ReadMarked(seq=seq)))
        if shown and ((stream, account) in self._read or len(self._read) < WAITING):
            self._read[stream, account] = seq
            self._sleeping.wake()

    async def _show_now_and_then(self) -> None:
        while True:
            if not self._read:
                await self._sleeping.wait()
            await self._show()
            await trio.sleep(EVERY)

    async def _show(self) -> None:
        """The newest of each, where the room is small and the account lets others see it."""
        assert self.state_of is not None
        read, self._read = self._read, {}
        for (stream, account), seq in read.items():
            try:
                room = await self.state_of(stream)
                if account not in room.members or len(room.members) > SMALL or self._hides(account):
                    continue
                reader = await self.state_of(account_stream(account))
                if reader.settings.preferences.get("receipts") is False:
                    continue
            except StoreUnavailable:
                continue
            frame = signal_frame("receipt", stream, account, ReadReceipt(read=seq))
            self._bus.signal_stream(stream, frame, but=account)

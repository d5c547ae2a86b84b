"""A bounded queue with one reader, who takes all waiting messages in one turn.

`tell` waits for space, `offer` never waits, `take` waits for a message. `statistics` says how full it is and
how long its oldest message has waited, so that an overloaded actor can be seen.
"""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

import msgspec
import trio
from trio.lowlevel import ParkingLot

from chatd.concurrency.wakeup import Wakeup

T = TypeVar("T")


class Closed(Exception):
    """The mailbox takes no more messages: its actor has stopped or sleeps."""


class MailboxStatistics(msgspec.Struct, frozen=True):
    """`oldest_wait` is seconds; `turns` counts takes, `handled` the messages taken in them."""

    depth: int
    capacity: int
    oldest_wait: float
    turns: int
    handled: int


class MailboxTotals:
    """Sums over mailboxes; of those that are gone too, if they were added before they went."""

    __slots__ = ("handled", "restarts", "turns")

    def __init__(self) -> None:
        self.turns = self.handled = self.restarts = 0

    def add(self, statistics: MailboxStatistics, restarts: int) -> None:
        self.turns += statistics.turns
        self.handled += statistics.handled
        self.restarts += restarts

    def add_totals(self, other: MailboxTotals) -> None:
        self.turns += other.turns
        self.handled += other.handled
        self.restarts += other.restarts


class Mailbox(Generic[T]):
    """One reader, many writers. Messages of one writer keep their order."""

    __slots__ = ("_capacity", "_closed", "_handled", "_oldest", "_queue", "_reader", "_turns", "_writers")

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._queue: deque[T] = deque()
        self._closed = False
        self._oldest = 0.0
        self._turns = 0
        self._handled = 0
        self._reader = Wakeup()
        self._writers = ParkingLot()

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def closed(self) -> bool:
        return self._closed

    def offer(self, message: T) -> bool:
        """Puts the message in, or returns False when the mailbox is full. Raises Closed."""
        if self._closed:
            raise Closed
        if len(self._queue) >= self._capacity:
            return False
        if not self._queue:
            self._oldest = trio.current_time()
        self._queue.append(message)
        self._reader.wake()
        return True

    async def tell(self, message: T) -> None:
        """Puts the message in, waiting for space. Raises Closed."""
        while not self.offer(message):
            await self._writers.park()

    async def take(self) -> list[T]:
        """All waiting messages, oldest first, and at least one. Raises Closed when closed and empty."""
        while not self._queue:
            if self._closed:
                raise Closed
            await self._reader.wait()
        return self.take_nowait()

    def take_nowait(self) -> list[T]:
        """All waiting messages, perhaps none."""
        messages = list(self._queue)
        self._queue.clear()
        self._turns += 1
        self._handled += len(messages)
        if self._writers:
            self._writers.unpark_all()
        return messages

    def close(self) -> None:
        """Takes no more messages. Those inside can still be taken."""
        self._closed = True
        self._reader.wake()
        self._writers.unpark_all()

    def statistics(self) -> MailboxStatistics:
        waited = trio.current_time() - self._oldest if self._queue else 0.0
        return MailboxStatistics(len(self._queue), self._capacity, waited, self._turns, self._handled)

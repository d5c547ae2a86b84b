"""The event bus: offers each committed event, in the order of the log, to the sessions that may see it.

The log writer publishes; sessions subscribe. Nothing here waits: a subscriber that cannot take an event
now finds it later in the ring, or in the log. Who is subscribed to which stream follows from the membership
events themselves, so a subscriber enters a stream at exactly the position at which its account did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Protocol

import trio

from chatd.actors.runtime.chunk import Chunk, SignalFrame
from chatd.actors.runtime.ring import Ring
from chatd.concurrency.bell import Bell
from chatd.contract.events import DISSOLVES, ERASES
from chatd.current.staying import while_asker_stays
from chatd.domain.event import Event, membership_change, parent_space
from chatd.ports import Reader, Row


class Subscriber(Protocol):
    """One session. `enter` and `leave` come in log order, between the offers that they belong to."""

    account: str

    def offer(self, chunk: Chunk) -> None: ...
    def enter(self, stream: str, position: int, within: str | None) -> None:
        """`within`: the stream of the space that a room belongs to."""

    def leave(self, stream: str, position: int) -> None:
        """Leaves the stream, and all that lie within it."""

    def role_changed(self, account: str) -> None:
        """A member of some space has another role there."""

    def lag(self) -> None:
        """The log holds something that is not offered: read it."""

    def signal(self, signal: SignalFrame) -> bool:
        """Shows it, unless the session is behind; returns whether it did."""


_stream = attrgetter("stream")

# Of a signal: the account or the stream that it is for, what it says, and the account that is not shown it.
Relay = Callable[[str | None, str | None, Row, str | None], None]


class Bus:
    """Publishes committed events. `head` is the position of the last one published, `hash` its hash."""

    def __init__(self, head: int, hash: str = "") -> None:
        self.head = head
        self.hash = hash
        self.demotions = 0  # how often a session fell back to the log, because its client read too slowly
        self._ring = Ring(head)
        self._streams: dict[str, dict[Subscriber, None]] = {}
        self._accounts: dict[str, dict[Subscriber, None]] = {}
        self._published = Bell()
        self._asking: set[trio.CancelScope] = set()  # requests that wait for news
        self._stopping = False
        self.relay: Relay | None = None  # shows signals to sessions on other nodes
        self._watchers: list[Callable[[Sequence[Event]], None]] = []

    # --- who is subscribed

    def attach(self, subscriber: Subscriber) -> None:
        """From now on the subscriber is told when its account enters or leaves a stream."""
        self._accounts.setdefault(subscriber.account, {})[subscriber] = None

    def detach(self, subscriber: Subscriber, streams: Sequence[str]) -> None:
        _discard(self._accounts, subscriber.account, subscriber)
        for stream in streams:
            _discard(self._streams, stream, subscriber)

    def subscribe(self, subscriber: Subscriber, stream: str) -> None:
        self._streams.setdefault(stream, {})[subscriber] = None

    def unsubscribe(self, subscriber: Subscriber, stream: str) -> None:
        _discard(self._streams, stream, subscriber)

    def signal(self, account: str, frame: Row) -> None:
        """Shows a signal to every session of an account."""
        if self.relay is not None:
            self.relay(account, None, frame, None)
        self.show(account, frame)

    def signal_stream(self, stream: str, frame: Row, but: str | None = None) -> None:
        """Shows a signal to the subscribers of a stream, except those of the account `but`."""
        if self.relay is not None:
            self.relay(None, stream, frame, but)
        self.show_in(stream, frame, but)

    def show(self, account: str, frame: Row) -> None:
        """The same as `signal`, for the sessions here alone."""
        signal = SignalFrame(frame)
        for subscriber in tuple(self._accounts.get(account, ())):
            subscriber.signal(signal)

    def show_in(self, stream: str, frame: Row, but: str | None = None) -> None:
        """The same as `signal_stream`, for the sessions here alone."""
        signal = SignalFrame(frame)
        for subscriber in tuple(self._streams.get(stream, ())):
            if subscriber.account != but:
                subscriber.signal(signal)

    def watch(self, watcher: Callable[[Sequence[Event]], None]) -> None:
        """From now on the watcher is called with what each commit brought; it must not wait or raise."""
        self._watchers.append(watcher)

    # --- publishing

    def publish(self, events: Sequence[Event]) -> None:
        """Offers committed events to those who may see them.

        They follow `head` without a gap, but for one case: a commit that was reported as failed, shown to
        nobody, and found whole when the file was opened again. Then everybody reads the log.
        """
        if events and events[0].position != self.head + 1:
            self._skip(events)
        runs = [list(run) for _, run in groupby(events, key=_stream)]
        for run in runs:
            for part in _parted(run):
                self._publish_run(part, alone=len(runs) == 1)
        if erasures := [event for event in events if event.type in ERASES]:
            self._forget(erasures)
        if events:
            self.head, self.hash = events[-1].position, events[-1].hash
            self._published.ring()
            for watcher in self._watchers:
                watcher(events)

    def _forget(self, erasures: Sequence[Event]) -> None:
        """What is erased from the log is not shown from memory either."""
        messages: dict[str, set[int | None]] = {}
        files = set()
        for erasure in erasures:
            if erasure.type == "file.deleted":
                files.add(erasure.data["file"])
            else:
                messages.setdefault(erasure.stream, set()).add(erasure.data.get("seq"))
        if messages:
            self._ring.forget(messages)
        if files:
            self._ring.forget_files(lambda file: file["id"] in files)

    def _skip(self, events: Sequence[Event]) -> None:
        self._ring.clear(events[0].position - 1)
        for subscribers in self._accounts.values():
            for subscriber in subscribers:
                subscriber.lag()

    async def wait_beyond(self, position: int) -> None:
        """Returns once something after `position` has been published."""
        while self.head <= position:
            await self._published.wait()

    async def wait_for_news(self, position: int, seconds: float) -> None:
        """The same for a request: returns as well after `seconds`, when who asked leaves, when the server
        stops."""
        if self._stopping:
            return
        with trio.move_on_after(seconds) as asking:
            self._asking.add(asking)
            try:
                await while_asker_stays(partial(self.wait_beyond, position))
            finally:
                self._asking.discard(asking)

    def stop_waiting(self) -> None:
        """No request waits for news any more: the server stops."""
        self._stopping = True
        for asking in self._asking:
            asking.cancel()

    @property
    def remembers_from(self) -> int:
        """`since` knows everything after this position."""
        return self._ring.start

    def recall(self, events: Sequence[Event]) -> None:
        """What was published before this bus began; ends at `remembers_from`. None of it was erased since."""
        self._ring.precede([Chunk([event]) for event in events])

    def since(self, position: int) -> Iterator[Chunk] | None:
        """The chunks after `position`, if all of them are in memory; else None."""
        return self._ring.since(position)

    def _publish_run(self, events: list[Event], alone: bool) -> None:
        """One stream's events; each account enters or leaves at most once in them."""
        chunk = Chunk(events, alone)
        self._ring.append(chunk)
        apart: dict[Subscriber, Chunk] = {}
        left: list[Subscriber] = []
        for index, event in enumerate(events):
            change = membership_change(event)
            if change is None:
                if event.type == "member.role_set":
                    self._tell_role(event.data["account"])
                continue
            account, entered = change
            for subscriber in self._accounts.get(account, ()):
                if entered and subscriber in self._streams.get(chunk.stream, ()):
                    continue  # was in already
                if entered:
                    subscriber.enter(chunk.stream, event.position, parent_space(event))
                    apart[subscriber] = Chunk(events[index:]) if index else chunk
                else:
                    apart[subscriber] = Chunk(events[: index + 1])
                    left.append(subscriber)
        subscribers = self._streams.get(chunk.stream)
        if subscribers:
            if chunk.selective:
                for subscriber in tuple(subscribers):
                    subscriber.lag()
            elif apart:
                for subscriber in tuple(subscribers):
                    subscriber.offer(apart.get(subscriber, chunk))
            else:
                for subscriber in tuple(subscribers):
                    subscriber.offer(chunk)
        if events[-1].type in DISSOLVES:
            left = [subscriber for subscribers in self._accounts.values() for subscriber in subscribers]
        for subscriber in left:
            subscriber.leave(chunk.stream, chunk.last)

    def _tell_role(self, account: str) -> None:
        """Also those who are opening, and bots, whose role is bound to their owner's."""
        for subscribers in self._accounts.values():
            for subscriber in subscribers:
                subscriber.role_changed(account)


async def bus_at_head(reader: Reader) -> Bus:
    """A bus that stands where the log stands; nobody may write meanwhile. Raises StoreUnavailable."""
    head = await reader.head()
    return Bus(head, await reader.hash_at(head) or "")


def _parted(run: list[Event]) -> Iterator[list[Event]]:
    """The run, cut before an account would enter or leave for the second time, and where all leave."""
    seen: set[str] = set()
    start = 0
    for index, event in enumerate(run):
        if index > start and run[index - 1].type in DISSOLVES:
            yield run[start:index]
            start, seen = index, set()
        if change := membership_change(event):
            if change[0] in seen:
                yield run[start:index]
                start, seen = index, set()
            seen.add(change[0])
    yield run[start:]


def _discard(table: dict[str, dict[Subscriber, None]], key: str, subscriber: Subscriber) -> None:
    if (subscribers := table.get(key)) is not None:
        subscribers.pop(subscriber, None)
        if not subscribers:
            del table[key]

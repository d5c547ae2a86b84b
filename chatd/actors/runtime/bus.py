"""The event bus: what has been committed, in the order of the log, offered to whoever listens.

The history writer publishes; sessions listen. Nothing here waits: a listener that cannot take an event
now finds it later in the ring, or in the log. Who listens to what follows from the membership events
themselves, so a listener is let into a stream at exactly the position at which its account was.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Final, Protocol, cast

import attrs
import trio

from chatd.contract.events import DISSOLVES, ERASES, RESTRICTED
from chatd.domain.event import Event, membership_change, within
from chatd.ports import Render, Row

RING_BYTES: Final = 4 * 1024 * 1024  # kept for listeners that are a little behind, each event at least:
EVENT_BYTES: Final = 512


@attrs.define(slots=True, eq=False)
class Chunk:
    """Events of one stream that were committed together; rendered once for each wire format.

    `alone`: nothing else was committed with them, so little waits, and they may be written at once.
    """

    events: Sequence[Event]
    alone: bool = False
    _rendered: dict[Render, bytes] = attrs.field(factory=dict, init=False)

    @property
    def stream(self) -> str:
        return self.events[0].stream

    @property
    def first(self) -> int:
        return self.events[0].position

    @property
    def last(self) -> int:
        return self.events[-1].position

    @property
    def selective(self) -> bool:
        """Whether some of it is not for all who listen to the stream."""
        return self.stream.startswith("space/") and any(event.type in RESTRICTED for event in self.events)

    @property
    def weight(self) -> int:
        """Roughly the bytes that it takes to keep this."""
        return sum(EVENT_BYTES + len(event.text or "") for event in self.events)

    def forget(self, seq: int | None) -> None:
        """Drops the texts of the message `seq`, its edits included; without one, all texts."""
        self.events = [
            attrs.evolve(event, text=None) if seq in (None, event.seq, event.data.get("seq")) else event
            for event in self.events
        ]
        self._rendered.clear()

    def rendered(self, render: Render) -> bytes:
        """What `render` makes of the events; made at most once."""
        rendered = self._rendered.get(render)
        if rendered is None:
            rendered = self._rendered[render] = render(self.events)
        return rendered


@attrs.define(slots=True, eq=False)
class Signal:
    """Shown to those who listen now, and forgotten; rendered once for each wire format."""

    _frame: Row
    _rendered: dict[Render, bytes] = attrs.field(factory=dict, init=False)

    def frame(self) -> Row:
        return self._frame

    def rendered(self, render: Render) -> bytes:
        """What `render` makes of it; made at most once. All that it asks of an event is its frame."""
        rendered = self._rendered.get(render)
        if rendered is None:
            rendered = self._rendered[render] = render(cast("Sequence[Event]", (self,)))
        return rendered


class Listener(Protocol):
    """A session's ear. `enter` and `leave` come in log order, between the offers they belong to."""

    account: str

    def offer(self, chunk: Chunk) -> None: ...
    def enter(self, stream: str, position: int, within: str | None) -> None:
        """`within`: the stream of the space that a room belongs to."""

    def leave(self, stream: str, position: int) -> None:
        """Leaves the stream, and all that lie within it."""

    def lag(self) -> None:
        """Something lies in the log that is not offered: read it."""

    def signal(self, signal: Signal) -> bool:
        """Shows it, unless the listener is behind; returns whether it did."""


class Bus:
    """Publishes committed events. `head` is the position of the last one published."""

    def __init__(self, head: int) -> None:
        self.head = head
        self._ring: deque[Chunk] = deque()
        self._ring_bytes = 0
        self._ring_start = head  # every event after this position is in the ring
        self._streams: dict[str, dict[Listener, None]] = {}
        self._accounts: dict[str, dict[Listener, None]] = {}
        self._bell = trio.Event()
        self._watchers: list[Callable[[Sequence[Event]], None]] = []

    # --- who listens

    def attach(self, listener: Listener) -> None:
        """From now on the listener is told when its account enters or leaves a stream."""
        self._accounts.setdefault(listener.account, {})[listener] = None

    def detach(self, listener: Listener, streams: Sequence[str]) -> None:
        _discard(self._accounts, listener.account, listener)
        for stream in streams:
            _discard(self._streams, stream, listener)

    def subscribe(self, listener: Listener, stream: str) -> None:
        self._streams.setdefault(stream, {})[listener] = None

    def unsubscribe(self, listener: Listener, stream: str) -> None:
        _discard(self._streams, stream, listener)

    def signal(self, account: str, frame: Row) -> None:
        """Shows a signal to every session of an account."""
        signal = Signal(frame)
        for listener in tuple(self._accounts.get(account, ())):
            listener.signal(signal)

    def signal_stream(self, stream: str, frame: Row, but: str | None = None) -> None:
        """Shows a signal to the sessions that hear a stream, except those of the account `but`."""
        signal = Signal(frame)
        for listener in tuple(self._streams.get(stream, ())):
            if listener.account != but:
                listener.signal(signal)

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
        runs = [list(run) for _, run in groupby(events, key=_stream_of)]
        for run in runs:
            for part in _parted(run):
                self._publish_run(part, alone=len(runs) == 1)
        for event in events:
            if event.type in ERASES:
                self._forget(event)
        if events:
            self.head = events[-1].position
            self._bell.set()
            self._bell = trio.Event()
            for watcher in self._watchers:
                watcher(events)

    def _forget(self, erasure: Event) -> None:
        """Texts that are erased from the log are not shown from memory either."""
        erased = erasure.data.get("seq")
        for chunk in self._ring:
            if chunk.stream == erasure.stream:
                chunk.forget(erased)

    def _skip(self, events: Sequence[Event]) -> None:
        self._ring.clear()
        self._ring_bytes = 0
        self._ring_start = events[0].position - 1
        for listeners in self._accounts.values():
            for listener in listeners:
                listener.lag()

    async def wait_beyond(self, position: int) -> None:
        """Returns once something after `position` has been published."""
        while self.head <= position:
            await self._bell.wait()

    def since(self, position: int) -> Iterator[Chunk] | None:
        """Chunks after `position` if the ring still has all of them from there, else None."""
        if position < self._ring_start:
            return None
        missed = []
        for chunk in reversed(self._ring):
            if chunk.last <= position:
                break
            if chunk.first <= position or chunk.selective:
                return None  # only the log can cut a chunk: here, or to what the listener may see of it
            missed.append(chunk)
        return reversed(missed)

    def _publish_run(self, events: list[Event], alone: bool) -> None:
        """One stream's events; each account enters or leaves at most once in them."""
        chunk = Chunk(events, alone)
        self._keep(chunk)
        apart: dict[Listener, Chunk] = {}
        left: list[Listener] = []
        for index, event in enumerate(events):
            change = membership_change(event)
            if change is None:
                continue
            account, entered = change
            for listener in self._accounts.get(account, ()):
                if entered and listener in self._streams.get(chunk.stream, ()):
                    continue  # was in already
                if entered:
                    listener.enter(chunk.stream, event.position, within(event))
                    apart[listener] = Chunk(events[index:]) if index else chunk
                else:
                    apart[listener] = Chunk(events[: index + 1])
                    left.append(listener)
        listeners = self._streams.get(chunk.stream)
        if listeners:
            if chunk.selective:
                for listener in tuple(listeners):
                    listener.lag()
            elif apart:
                for listener in tuple(listeners):
                    listener.offer(apart.get(listener, chunk))
            else:
                for listener in tuple(listeners):
                    listener.offer(chunk)
        if events[-1].type in DISSOLVES:
            left = [listener for listeners in self._accounts.values() for listener in listeners]
        for listener in left:
            listener.leave(chunk.stream, chunk.last)

    def _keep(self, chunk: Chunk) -> None:
        self._ring.append(chunk)
        self._ring_bytes += chunk.weight
        while self._ring_bytes > RING_BYTES and len(self._ring) > 1:
            dropped = self._ring.popleft()
            self._ring_bytes -= dropped.weight
            self._ring_start = dropped.last


def _stream_of(event: Event) -> str:
    return event.stream


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


def _discard(table: dict[str, dict[Listener, None]], key: str, listener: Listener) -> None:
    if (listeners := table.get(key)) is not None:
        listeners.pop(listener, None)
        if not listeners:
            del table[key]

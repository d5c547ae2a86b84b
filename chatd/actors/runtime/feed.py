"""A session's place in the log: the bus pushes at the head, the feed pulls when behind, and nothing is lost.

Resume, restart and a client that reads too slowly take the same path. The feed stands at a position and sends
what its account may see beyond it. At the head, the bus offers each new event and the feed writes it at once.
When too many bytes are unread by the client, the feed ignores offers and reads from the ring or the log at
the speed of the socket. It becomes live again in the same step in which it reaches the head, so no event can
fall between.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from functools import partial
from typing import Final

import trio

from chatd.actors.runtime.bus import Bus
from chatd.actors.runtime.chunk import Chunk, SignalFrame, weight
from chatd.concurrency.backoff import Backoff
from chatd.domain.event import Event
from chatd.log import log
from chatd.ports import Connection, Reader, StoreUnavailable

BEHIND_AT: Final = 512 * 1024  # bytes unread by the client above which the feed pulls
PULL_BELOW: Final = 128 * 1024  # bytes unread below which the next page is pulled
PAGE: Final = 250  # positions of the log looked at for a page
FIRST_RETRY: Final = 0.5  # seconds, while the store cannot read
LONGEST_RETRY: Final = 5.0

Spawn = Callable[[Callable[[], Awaitable[object]]], None]


def _nothing() -> None:
    """Nobody waits for it."""


class Feed:
    """One session's subscription (a `chatd.actors.runtime.bus.Subscriber`)."""

    def __init__(
        self,
        account: str,
        position: int,
        bus: Bus,
        reader: Reader,
        connection: Connection,
        spawn: Spawn,
    ) -> None:
        self.account = account
        self.owner: str | None = None  # of a bot; known before `start`
        self.position = position  # of the last event that was written or that the account may not see
        self.live = False
        self.demotions = 0  # how often its client was too slow
        self.delivered = position  # the client's socket took everything up to here
        # Called when it is live again, after signals were dropped.
        self.caught_up: Callable[[], None] = _nothing
        self._bus = bus
        self._reader = reader
        self._connection = connection
        self._spawn = spawn
        self._streams: dict[str, str | None] = {}  # each with the one that it lies within
        self._guest_in: frozenset[str] = frozenset()  # spaces of whose events only the log knows what to show
        self._role_unsure = False  # `_guest_in` must be read
        self._changed_at = 0  # position of the newest change of membership
        self._backoff = Backoff(FIRST_RETRY, LONGEST_RETRY)
        self._early: list[Callable[[], None]] | None = []  # changes while memberships are being read

    @property
    def streams(self) -> AbstractSet[str]:
        """The streams that the account belongs to, as far as its session has been told."""
        return self._streams.keys()

    @property
    def company(self) -> AbstractSet[str]:
        """The streams whose members the account sees: not the spaces in which it is a guest."""
        return self._streams.keys() - self._guest_in if self._guest_in else self._streams.keys()

    @property
    def last_heard(self) -> float:
        """When its client showed last that it is there, on trio's clock."""
        return self._connection.last_heard

    async def look_delivered(self) -> None:
        """Brings `delivered` up to date. Does not wait."""
        if self.live and not self._connection.queued:
            with suppress(trio.BrokenResourceError):
                await self._connection.drained(1)  # raises if the client is gone
                self.delivered = self.position

    # --- opening and closing

    def attach(self) -> None:
        """From now on no change of membership is missed."""
        self._bus.attach(self)

    def begin_at(self, position: int) -> None:
        """Its client has all events up to here. To be called before `start`."""
        self.position = self.delivered = position

    def start(
        self,
        streams: Mapping[str, str | None],
        changed_at: int,
        guest_in: AbstractSet[str] = frozenset(),
    ) -> None:
        """`streams`: the account's memberships as read after `attach`, each with the stream that it lies
        within; `changed_at`: the position of their newest change at that look; `guest_in`: the spaces among
        them in which it is a guest. Sends what lies beyond `position`."""
        early, self._early = self._early, None
        self._guest_in = frozenset(guest_in)
        for stream, within in streams.items():
            self._subscribe(stream, within)
        for change in early or ():
            change()
        if max(self._changed_at, changed_at) <= self.position < self._bus.head:
            self._resume_from_ring()
        # The look may have seen a change that is committed and not shown yet: the bus will not offer it.
        self._changed_at = max(self._changed_at, changed_at, self._bus.head)
        self._catch_up()

    def close(self) -> None:
        self.live = False
        self._bus.detach(self, tuple(self._streams))

    # --- offered by the bus; never waits

    def offer(self, chunk: Chunk) -> None:
        if not self.live:
            return  # `_pull` finds it in the ring or the log
        if self._guest_in and chunk.stream in self._guest_in:
            self.lag()
            return
        connection = self._connection
        queued = connection.write(chunk.rendered(connection.render), chunk.alone)
        self.position = chunk.last
        if queued > BEHIND_AT:
            self._demote()

    def enter(self, stream: str, position: int, within: str | None) -> None:
        if self._early is not None:
            self._early.append(partial(self.enter, stream, position, within))
            return
        self._changed_at = position
        self._subscribe(stream, within)
        if within is None and stream.startswith("space/"):
            self._read_role()

    def role_changed(self, account: str) -> None:
        """A member of a space has another role there."""
        if self._early is not None:
            self._early.append(partial(self.role_changed, account))
            return
        if account in (self.account, self.owner):
            self._read_role()

    def _read_role(self) -> None:
        """The role may be that of a guest: what comes next is read from the log."""
        self._role_unsure = True
        self.lag()

    def leave(self, stream: str, position: int) -> None:
        if self._early is not None:
            self._early.append(partial(self.leave, stream, position))
            return
        self._changed_at = position
        for left in [other for other, within in self._streams.items() if stream in (other, within)]:
            del self._streams[left]
            self._bus.unsubscribe(self, left)

    def _subscribe(self, stream: str, within: str | None) -> None:
        self._streams[stream] = within
        self._bus.subscribe(self, stream)

    def lag(self) -> None:
        """The log holds something that was not offered."""
        if self.live:
            self.live = False
            self._spawn(self._pull)

    def signal(self, signal: SignalFrame) -> bool:
        """Sends a signal, or drops it when the client is behind. Returns whether it was sent."""
        if not self.live:
            return False
        connection = self._connection
        if connection.write(signal.rendered(connection.render)) > BEHIND_AT:
            self._demote()
        return True

    def _demote(self) -> None:
        """The client reads too slowly: from here on the log is read for it, at its own speed."""
        self.demotions += 1
        self._bus.demotions += 1
        self.lag()

    # --- behind the head

    def _resume_from_ring(self) -> None:
        """Sends what was missed without a question to the log, if all of it is in memory, not too much, and
        shown today as it was then."""
        chunks = self._bus.since(self.position)
        if chunks is None:
            return
        missed = [chunk for chunk in chunks if chunk.stream in self._streams]
        if sum(chunk.weight for chunk in missed) > BEHIND_AT or not all(chunk.lasting for chunk in missed):
            return
        for chunk in missed:
            self._connection.write(chunk.rendered(self._connection.render))
        self.position = self._bus.head

    def _catch_up(self) -> None:
        if self.position >= max(self._bus.head, self._changed_at) and not self._role_unsure:
            self.live = True
        else:
            self._spawn(self._pull)

    async def _pull(self) -> None:
        try:
            while True:
                await self._connection.drained(PULL_BELOW)
                if self._role_unsure:
                    await self._learn_role()
                elif self.position >= self._bus.head and self._changed_at > self._bus.head:
                    await self._bus.wait_beyond(self._changed_at - 1)
                elif self.position >= self._bus.head:
                    self.live = True  # no await since the look at the head
                    self.caught_up()
                    return
                elif not self._pull_ring():
                    await self._pull_log()
        except trio.BrokenResourceError:
            pass  # the connection is gone, and the session ends with it

    async def _learn_role(self) -> None:
        self._role_unsure = False
        try:
            self._guest_in = frozenset(await self._reader.guest_in(self.account))
        except StoreUnavailable as error:
            self._role_unsure = True
            await self._wait_for_store(error)
        else:
            self._backoff.reset()

    async def _wait_for_store(self, error: StoreUnavailable) -> None:
        log.warning("cannot_read_log", error=str(error))
        await trio.sleep(self._backoff.next_delay())

    def _pull_ring(self) -> bool:
        """Sends a page from the ring; False when it does not reach back, membership has changed, or a guest
        must not be shown all of it."""
        whole = self._changed_at <= self.position and not self._guest_in
        chunks = self._bus.since(self.position) if whole else None
        if chunks is None:
            return False
        connection = self._connection
        for chunk in chunks:
            if chunk.stream in self._streams:
                if chunk.selective:
                    return False  # only the log knows what of it this account may see
                connection.write(chunk.rendered(connection.render))
            self.position = chunk.last
            if connection.queued > BEHIND_AT:
                return True
        self.position = self._bus.head
        return True

    async def _pull_log(self) -> None:
        head = self._bus.head
        try:
            events, reached = await self._reader.visible_events(self.account, self.position, head, PAGE)
        except StoreUnavailable as error:
            await self._wait_for_store(error)
            return
        self._backoff.reset()
        if (fitting := _fitting(events)) < len(events):
            events, reached = events[:fitting], events[fitting - 1].position
        if events:
            self._connection.write(self._connection.render(events))
        self.position = reached


def _fitting(events: Sequence[Event]) -> int:
    """How many of these may wait for a client at once: a page of long texts is megabytes."""
    total = 0
    for number, event in enumerate(events, 1):
        total += weight(event)
        if total > BEHIND_AT:
            return number
    return len(events)

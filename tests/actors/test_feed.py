"""What a session hears: exactly what its account may see, in the log's order, however slowly it reads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from trio.testing import wait_all_tasks_blocked

from chatd.actors.runtime import feed as feeds
from chatd.actors.runtime.bus import Bus
from chatd.actors.runtime.feed import Feed
from chatd.contract.events import DISSOLVES
from chatd.domain.event import Event, membership_change

ME = "me"
SPACE = "space/s"


class SlowConnection:
    """A client that reads when told to. Each event weighs more than half of what may wait."""

    def __init__(self) -> None:
        self.heard: list[int] = []
        self.unread = 0
        self._moved = trio.Event()

    @property
    def queued(self) -> int:
        return self.unread * feeds.BEHIND_AT // 2

    def render(self, events: Sequence[Event]) -> bytes:
        return ",".join(str(event.position) for event in events).encode()

    def write(self, rendered: bytes, at_once: bool = False) -> int:
        positions = [int(position) for position in rendered.split(b",")]
        self.heard += positions
        self.unread += len(positions)
        return self.queued

    def send(self, frames: object) -> None:
        raise AssertionError("no frames here")

    def close(self, code: int, reason: str) -> None:
        raise AssertionError("nobody closes")

    async def drained(self, below: int) -> None:
        while self.queued >= below:
            await self._moved.wait()

    def read(self) -> None:
        self.unread = 0
        self._moved.set()
        self._moved = trio.Event()


class Log:
    """The reader's side of a log that is a list."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def visible(self) -> list[int]:
        inside: set[str] = set()
        seen = []
        for event in self.events:
            change = membership_change(event)
            if change == (ME, True):
                inside.add(event.stream)
            if event.stream in inside:
                seen.append(event.position)
            if change == (ME, False) or event.type in DISSOLVES:
                inside -= _with_rooms(event.stream)
        return seen

    def streams(self) -> dict[str, str | None]:
        inside: set[str] = set()
        for event in self.events:
            change = membership_change(event)
            if change == (ME, True):
                inside.add(event.stream)
            if change == (ME, False) or event.type in DISSOLVES:
                inside -= _with_rooms(event.stream)
        return {stream: SPACE if stream.startswith("room/") else None for stream in inside}

    def changed_at(self) -> int:
        """The newest change of what the account is in."""
        changes = [
            event.position
            for event in self.events
            if membership_change(event) is not None or event.type in DISSOLVES
        ]
        return max(changes, default=0)

    async def visible_events(
        self, account: str, after: int, upto: int, limit: int
    ) -> tuple[list[Event], int]:
        await trio.lowlevel.checkpoint()
        reached = min(upto, after + limit)
        wanted = {position for position in self.visible() if after < position <= reached}
        return [event for event in self.events if event.position in wanted], reached

    async def guest_in(self, account: str) -> list[str]:
        await trio.lowlevel.checkpoint()
        return []


def _with_rooms(stream: str) -> set[str]:
    """What one is out of after leaving the stream."""
    return {"room/a", "room/b", SPACE} if stream == SPACE else {stream}


kinds = st.sampled_from(["message.posted", "message.posted", "member.joined", "member.left", "room.deleted"])
steps = st.lists(
    st.one_of(
        st.lists(st.tuples(st.sampled_from(["room/a", "room/b"]), kinds), min_size=1, max_size=4),
        st.lists(
            st.tuples(st.just(SPACE), st.sampled_from(["member.joined", "member.kicked", "space.deleted"])),
            min_size=1,
            max_size=2,
        ),
        st.just("read"),
        st.just("rest"),
    ),
    max_size=30,
)


@given(before=steps, after=steps, cursor=st.integers(0, 20))
@settings(max_examples=200)
def test_a_feed_neither_misses_nor_repeats_nor_reorders(before: list, after: list, cursor: int) -> None:
    trio.run(_run, before, after, cursor)


async def test_a_gap_in_what_is_published_makes_everybody_read_the_log() -> None:
    log, bus, connection = Log(), Bus(0), SlowConnection()
    async with trio.open_nursery() as nursery:
        _commit(log, bus, [("room/a", "member.joined")])
        feed = Feed(ME, 0, bus, log, connection, nursery.start_soon)  # type: ignore[arg-type]
        feed.attach()
        feed.start(log.streams(), log.changed_at())
        await wait_all_tasks_blocked()
        log.events.append(Event(2, "room/a", 2, "message.posted", 0, ME, {}))  # committed, never published
        _commit(log, bus, [("room/a", "message.posted")])
        await wait_all_tasks_blocked()
        connection.read()
        await wait_all_tasks_blocked()
        assert connection.heard == [1, 2, 3]
        nursery.cancel_scope.cancel()


@pytest.mark.parametrize(
    ("kinds", "heard"),
    [(["member.left"], [2]), (["message.posted", "member.joined"], [3])],
    ids=["out", "in"],
)
async def test_what_is_committed_when_memberships_are_read_and_shown_afterwards_is_heard(
    kinds: list[str], heard: list[int]
) -> None:
    log, bus, connection = Log(), Bus(0), SlowConnection()
    async with trio.open_nursery() as nursery:
        _commit(log, bus, [("room/a", "member.joined")])
        room = "room/a" if kinds == ["member.left"] else "room/b"
        committed = [Event(2 + n, room, 2 + n, kind, 0, ME, {"account": ME}) for n, kind in enumerate(kinds)]
        log.events += committed
        feed = Feed(ME, 1, bus, log, connection, nursery.start_soon)  # type: ignore[arg-type]
        feed.attach()
        feed.start(log.streams(), log.changed_at())
        await wait_all_tasks_blocked()
        bus.publish(committed)
        await wait_all_tasks_blocked()
        connection.read()
        await wait_all_tasks_blocked()
        assert (connection.heard, feed.live) == (heard, True)
        nursery.cancel_scope.cancel()


async def _run(before: list, after: list, cursor: int) -> None:
    log, bus, connection = Log(), Bus(0), SlowConnection()
    async with trio.open_nursery() as nursery:

        async def play(script: list) -> None:
            for step in script:
                if step == "read":
                    connection.read()
                elif step == "rest":
                    await wait_all_tasks_blocked()
                else:
                    _commit(log, bus, step)

        await play(before)
        cursor = min(cursor, bus.head)
        spawn: Callable[[Callable[[], Awaitable[object]]], None] = nursery.start_soon
        feed = Feed(ME, cursor, bus, log, connection, spawn)  # type: ignore[arg-type]
        feed.attach()
        streams, changed_at = log.streams(), log.changed_at()
        _commit(log, bus, [("room/a", "member.joined")])  # between the look at the memberships and the start
        feed.start(streams, changed_at)
        await play(after)
        while not feed.live:
            connection.read()
            await wait_all_tasks_blocked()
        _commit(log, bus, [("room/a", "message.posted")])
        assert connection.heard == [position for position in log.visible() if position > cursor]
        feed.close()
        nursery.cancel_scope.cancel()


def _commit(log: Log, bus: Bus, batch: list[tuple[str, str]]) -> None:
    events = []
    for stream, kind in batch:
        position = len(log.events) + 1
        event = Event(position, stream, position, kind, 0, ME, {"account": ME, "space": "s"})
        log.events.append(event)
        events.append(event)
    bus.publish(events)


async def test_who_missed_only_what_is_in_memory_asks_the_log_nothing() -> None:
    log, bus, connection = Log(), Bus(0), SlowConnection()
    _commit(log, bus, [("room/a", "member.joined")])
    for room in ("room/a", "room/b"):
        _commit(log, bus, [(room, "message.posted")])
    feed = Feed(ME, 1, bus, None, connection, None)  # type: ignore[arg-type]
    feed.attach()
    feed.start(log.streams(), log.changed_at())
    assert connection.heard == [2]
    assert feed.live
    assert feed.position == bus.head


async def test_what_restates_something_is_read_from_the_log_as_it_is_shown_now() -> None:
    log, bus, connection = Log(), Bus(0), SlowConnection()
    _commit(log, bus, [("room/a", "member.joined")])
    _commit(log, bus, [("room/a", "message.posted")])
    _commit(log, bus, [("room/a", "message.edited")])
    pulls: list[object] = []
    feed = Feed(ME, 1, bus, None, connection, pulls.append)  # type: ignore[arg-type]
    feed.attach()
    feed.start(log.streams(), log.changed_at())
    assert connection.heard == []
    assert not feed.live
    assert len(pulls) == 1


async def test_what_only_some_of_another_space_may_see_sends_nobody_else_to_the_log() -> None:
    log, bus, connection = Log(), Bus(0), SlowConnection()
    _commit(log, bus, [("room/a", "member.joined")])
    _commit(log, bus, [("space/other", "invite.created")])
    _commit(log, bus, [("room/a", "message.posted")])
    feed = Feed(ME, 1, bus, None, connection, None)  # type: ignore[arg-type]
    feed.attach()
    feed.start(log.streams(), log.changed_at())
    assert connection.heard == [3]


async def test_what_only_some_may_see_is_read_from_the_log_by_those_who_were_behind() -> None:
    log, bus, connection = Log(), Bus(0), SlowConnection()
    _commit(log, bus, [(SPACE, "member.joined")])
    async with trio.open_nursery() as nursery:
        asked: list[int] = []

        async def visible(account: str, after: int, upto: int, limit: int) -> tuple[list[Event], int]:
            asked.append(after)
            return [], upto

        log.visible_events = visible  # type: ignore[method-assign]
        feed = Feed(ME, 1, bus, log, connection, nursery.start_soon)  # type: ignore[arg-type]
        feed.attach()
        feed.start(log.streams(), log.changed_at())
        feed.lag()
        _commit(log, bus, [(SPACE, "space.renamed")])
        _commit(log, bus, [(SPACE, "invite.created")])
        await wait_all_tasks_blocked()
        assert connection.heard == [2]
        connection.read()
        await wait_all_tasks_blocked()
        assert asked == [2]
        assert feed.live
        nursery.cancel_scope.cancel()


async def test_no_more_of_a_page_of_the_log_waits_for_a_slow_client_than_may_however_long_its_texts_are() -> (
    None
):
    log, bus, connection = Log(), Bus(0), SlowConnection()
    _commit(log, bus, [("room/a", "member.joined")])
    text = "x" * (feeds.BEHIND_AT // 4)
    for position in range(2, 32):
        posted = Event(position, "room/a", position, "message.posted", 0, ME, {}, text)
        log.events.append(posted)
        bus.publish([posted])
    async with trio.open_nursery() as nursery:
        feed = Feed(ME, 0, bus, log, connection, nursery.start_soon)  # type: ignore[arg-type]
        feed.attach()
        feed.start(log.streams(), log.changed_at())
        feed.lag()
        waited = []
        while not feed.live:
            await wait_all_tasks_blocked()
            waited.append(connection.unread)
            connection.read()
        assert connection.heard == log.visible()
        assert max(waited) <= 5, "four texts fill it"
        nursery.cancel_scope.cancel()

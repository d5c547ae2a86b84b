"""Receipts: what has been delivered, when it is written down, and whom a read marker is shown to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import attrs
import pytest
import strict
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from chatd.actors.workers import receipts as module
from chatd.actors.workers.receipts import Receipts
from chatd.ports import Append, Appended, MarkDelivered, StoreUnavailable


class Feed:
    """A session's feed, as far as receipts see it."""

    def __init__(self, account: str, delivered: int) -> None:
        self.account = account
        self.delivered = self.reached = delivered

    async def look_delivered(self) -> None:
        self.delivered = self.reached


@attrs.define
class Place:
    clock: MockClock
    receipts: Receipts = attrs.field(init=False)
    members: dict[str, int] = attrs.Factory(lambda: {"ann": 1, "bob": 2})
    hiding: set[str] = attrs.Factory(set)
    invisible: set[str] = attrs.Factory(set)
    saved: dict[str, int] = attrs.Factory(dict)
    appends: int = 0
    full: bool = False
    shown: list[tuple[str, str, int, str | None]] = attrs.Factory(list)  # stream, by, read, but
    own: list[tuple[str, int]] = attrs.Factory(list)

    def signal(self, account: str, frame: dict[str, Any]) -> None:
        strict.check_signal(frame)
        assert frame["signal"] == "read.marked"
        self.own.append((account, frame["data"].seq))

    def signal_stream(self, stream: str, frame: dict[str, Any], but: str | None) -> None:
        strict.check_signal(frame)
        assert (frame["signal"], frame["stream"]) == ("receipt", stream)
        self.shown.append((stream, frame["by"], frame["data"].read, but))

    async def state_of(self, stream: str) -> Any:
        kind, _, owner = stream.partition("/")
        if kind == "room":
            return SimpleNamespace(members=self.members)
        return SimpleNamespace(
            settings=SimpleNamespace(preferences={"receipts": False} if owner in self.hiding else {})
        )

    async def append(self, append: Append) -> Appended:
        if self.full:
            raise StoreUnavailable("the disk is full")
        self.appends += 1
        for write in append.writes:
            assert isinstance(write, MarkDelivered)
            self.saved[write.account] = write.position
        return Appended(())

    async def later(self, seconds: float) -> None:
        await wait_all_tasks_blocked()
        self.clock.jump(seconds)
        await wait_all_tasks_blocked()

    def open(self, account: str, delivered: int = 0) -> Feed:
        feed = Feed(account, delivered)
        self.receipts.enter(feed)  # type: ignore[arg-type]
        return feed


@pytest.fixture
async def place(mock_clock: MockClock) -> AsyncIterator[Place]:
    place = Place(mock_clock)
    place.receipts = Receipts(place, place, place.invisible.__contains__)  # type: ignore[arg-type]
    place.receipts.state_of = place.state_of
    async with trio.open_nursery() as nursery:
        nursery.start_soon(place.receipts.run)
        yield place
        nursery.cancel_scope.cancel()


async def test_what_any_session_has_been_given_is_delivered_at_once(
    mock_clock: MockClock, place: Place
) -> None:
    first, second = place.open("ann", 3), place.open("ann", 5)
    assert await place.receipts.delivered("ann") == 5
    first.reached = 9
    assert await place.receipts.delivered("ann") == 9
    await first.look_delivered()
    place.receipts.leave(first)  # type: ignore[arg-type]
    place.receipts.leave(second)  # type: ignore[arg-type]
    assert await place.receipts.delivered("ann") == 9
    assert await place.receipts.delivered("bob") == 0


async def test_only_what_has_moved_is_written_for_everybody_at_once_and_forgotten_when_they_are_gone(
    mock_clock: MockClock, place: Place
) -> None:
    ann, bob = place.open("ann", 3), place.open("bob", 4)
    await place.later(module.SAVE_EVERY)
    assert (place.saved, place.appends) == ({"ann": 3, "bob": 4}, 1)
    await place.later(module.SAVE_EVERY)
    assert place.appends == 1
    ann.reached = 7
    place.receipts.leave(bob)  # type: ignore[arg-type]
    await place.later(module.SAVE_EVERY)
    assert (place.saved, place.appends) == ({"ann": 7, "bob": 4}, 2)
    await ann.look_delivered()
    place.receipts.leave(ann)  # type: ignore[arg-type]
    await place.later(module.SAVE_EVERY)
    assert not place.receipts._feeds
    assert not place.receipts._ended
    assert not place.receipts._saved


async def test_what_could_not_be_written_is_written_later(mock_clock: MockClock, place: Place) -> None:
    place.full = True
    feed = place.open("ann", 3)
    place.receipts.leave(feed)  # type: ignore[arg-type]
    await place.later(module.SAVE_EVERY)
    assert await place.receipts.delivered("ann") == 3
    place.full = False
    await place.later(module.SAVE_EVERY)
    assert place.saved == {"ann": 3}


async def test_the_room_is_shown_the_last_of_many_read_markers(mock_clock: MockClock, place: Place) -> None:
    place.receipts.read_marked("ann", "room/r", 1)
    await wait_all_tasks_blocked()
    for seq in range(2, 50):
        place.receipts.read_marked("ann", "room/r", seq)
    place.receipts.read_marked("bob", "room/r", 7)
    assert len(place.own) == 50, "one's own devices follow each of them"
    await wait_all_tasks_blocked()
    assert place.shown == [("room/r", "ann", 1, "ann")]
    await place.later(module.EVERY)
    assert place.shown[1:] == [("room/r", "ann", 49, "ann"), ("room/r", "bob", 7, "bob")]
    await place.later(module.EVERY)
    assert len(place.shown) == 3


async def test_nobody_is_shown_what_is_hidden_or_read_in_a_big_room_or_by_who_has_left(
    mock_clock: MockClock, place: Place
) -> None:
    place.hiding.add("ann")
    place.receipts.read_marked("ann", "room/r", 1)
    place.receipts.read_marked("cy", "room/r", 1)
    await place.later(module.EVERY)
    place.hiding.clear()
    place.members = {"ann": 1} | {f"member{n}": n for n in range(module.SMALL)}
    place.receipts.read_marked("ann", "room/r", 2)
    await place.later(module.EVERY)
    assert place.shown == []
    del place.members["member1"]
    place.receipts.read_marked("ann", "room/r", 3)
    await wait_all_tasks_blocked()
    assert place.shown == [("room/r", "ann", 3, "ann")]


async def test_the_number_of_signals_that_wait_is_bounded(mock_clock: MockClock, place: Place) -> None:
    for number in range(module.WAITING + 10):
        place.receipts.read_marked("ann", f"room/{number}", 1)
    assert len(place.receipts._read) == module.WAITING
    await wait_all_tasks_blocked()
    assert len(place.shown) == module.WAITING


async def test_of_an_invisible_account_counts_what_it_was_given_before(
    mock_clock: MockClock, place: Place
) -> None:
    feed = place.open("ann", 3)
    await place.receipts.hide("ann")
    place.invisible.add("ann")
    feed.reached = 9
    assert await place.receipts.delivered("ann") == 3
    await place.later(module.SAVE_EVERY)
    assert place.saved == {"ann": 3}
    place.receipts.leave(feed)  # type: ignore[arg-type]
    await place.later(module.SAVE_EVERY)
    assert place.saved == {"ann": 3}
    again = place.open("ann", 9)
    place.invisible.clear()
    assert await place.receipts.delivered("ann") == again.delivered == 9

"""A node that cannot know what the others know sends its clients away, whatever the reason is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
import trio
from trio.testing import MockClock

from chatd.clock import now
from chatd.cluster.clocks import WRONG_CLOCK, earliest, is_odd
from chatd.cluster.contact import BEHIND, CUT_OFF, LOOK, MOVE, SILENT, Contact
from chatd.cluster.heartbeats import Heard, Heartbeat
from chatd.ports import StoreUnavailable


class World:
    """Three nodes, of which this one and two others are heard. `sequence`: up to where it has applied."""

    def __init__(self) -> None:
        self.silence = self.apart = 0.0
        self.sequence = 10
        self.there = {"b": 10, "c": 10}
        self.belong = ["b", "c"]
        self.ahead: dict[str, int] = {}  # seconds by which clocks of others are
        self.agree = True  # the stream's servers, so that one can be level
        self.moves = 0  # to another NATS server

    @property
    def nodes(self) -> tuple[str, ...]:
        return ("a", *self.there)

    def others(self) -> Iterator[Heard]:
        for node, sequence in self.there.items():
            at = now() + 1000 * self.ahead.get(node, 0)
            yield Heard(Heartbeat(node, "life", 1, sequence, "", 0, at=at), trio.current_time())

    async def members(self) -> Sequence[str]:
        await trio.lowlevel.checkpoint()
        return self.belong

    async def catch_up(self) -> None:
        await trio.lowlevel.checkpoint()
        if not self.agree:
            raise StoreUnavailable("the cluster's stream does not answer")

    def move(self) -> None:
        self.moves += 1


@asynccontextmanager
async def watched(world: World) -> AsyncIterator[Contact]:
    contact = Contact(world, cast(Any, world), cast(Any, world), world.catch_up, world.members, world.move)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(contact.run)
        yield contact
        nursery.cancel_scope.cancel()


async def test_a_node_that_hears_neither_the_stream_nor_the_others_is_cut_off(
    autojump_clock: MockClock,
) -> None:
    world = World()
    async with watched(world) as contact:
        await trio.sleep(SILENT)
        assert contact.cut_off is None
        world.silence = SILENT + 1
        await trio.sleep(2 * LOOK)
        assert contact.cut_off is None  # the others know no more: the stream elects a leader
        world.there["b"] += 1
        await trio.sleep(2 * LOOK)
        assert contact.cut_off == CUT_OFF  # one of them does
        world.sequence += 1
        await trio.sleep(2 * LOOK)
        assert contact.cut_off is None
        world.there = {}
        await trio.sleep(2 * LOOK)
        assert contact.cut_off == CUT_OFF
        world.silence = 0
        await trio.sleep(2 * LOOK)
        assert contact.cut_off is None


@pytest.mark.parametrize("count", [2, 3, 5])
async def test_whoever_does_not_hear_one_that_belongs_to_the_cluster_does_not_know_what_that_writes(
    autojump_clock: MockClock, count: int
) -> None:
    """However many others it hears: those may be cut off with it."""
    world = World()
    world.belong = [f"n{number}" for number in range(1, count)]
    world.there = dict.fromkeys(world.belong, 10)
    async with watched(world) as contact:
        world.silence = SILENT + 1
        await trio.sleep(2 * LOOK)
        assert contact.cut_off is None
        del world.there["n1"]
        await trio.sleep(2 * LOOK)
        assert contact.cut_off == CUT_OFF
        world.belong.remove("n1")
        await trio.sleep(2 * LOOK)
        assert contact.cut_off == (CUT_OFF if count == 2 else None)


async def test_a_node_that_was_cut_off_serves_again_when_it_is_level_and_not_before(
    autojump_clock: MockClock,
) -> None:
    world = World()
    async with watched(world) as contact:
        world.silence, world.there, world.agree = SILENT + 1, {}, False
        await trio.sleep(2 * LOOK)
        assert contact.cut_off == CUT_OFF
        world.silence, world.there = 0, {"b": 10, "c": 10}
        await trio.sleep(10 * LOOK)
        assert contact.cut_off == CUT_OFF
        world.agree = True
        await trio.sleep(2 * LOOK)
        assert contact.cut_off is None


async def test_a_node_whose_nats_server_hears_nobody_tries_another_before_it_is_cut_off(
    autojump_clock: MockClock,
) -> None:
    world = World()
    async with watched(world) as contact:
        world.apart = SILENT + 1
        world.there["c"] = 11  # others go on meanwhile, far away as they are
        await trio.sleep(4 * LOOK)
        assert (world.moves, contact.cut_off) == (0, None)  # all are heard
        world.apart, world.there["c"] = MOVE + 0.1, 10
        del world.there["b"]
        await trio.sleep(2 * LOOK)
        assert (world.moves, contact.cut_off) == (1, None)
        world.apart = SILENT + 1
        await trio.sleep(4 * MOVE)
        assert 3 <= world.moves <= 5  # each has time to answer
        assert contact.cut_off == CUT_OFF
        world.apart, world.silence, moves = 0, SILENT + 1, world.moves
        await trio.sleep(4 * MOVE)
        assert world.moves == moves  # its consumer is to be made anew, wherever it connects to


async def test_a_node_that_hears_everything_and_applies_nothing_is_cut_off(autojump_clock: MockClock) -> None:
    """As when its disk is full."""
    world = World()
    told = []
    async with watched(world) as contact:
        contact.watch(lambda: told.append(contact.cut_off))
        world.there["b"] = 11
        await trio.sleep(SILENT - LOOK)
        assert contact.cut_off is None
        await trio.sleep(3 * LOOK)
        assert contact.cut_off == BEHIND
        world.there["b"] = 500
        world.sequence = 400
        await trio.sleep(3 * LOOK)
        assert contact.cut_off == BEHIND  # until it is as far as the others
        world.sequence = 500
        await trio.sleep(3 * LOOK)
        assert contact.cut_off is None
    assert told == [BEHIND, None]


async def test_a_node_that_is_always_a_little_behind_a_busy_cluster_serves_on(
    autojump_clock: MockClock,
) -> None:
    world = World()
    async with watched(world) as contact:
        for _ in range(200):
            world.there = {"b": world.sequence + 100, "c": world.sequence + 90}
            await trio.sleep(0.1)
            world.sequence += 50
            assert contact.cut_off is None


HOUR, DAY = 3600, 86_400


@pytest.mark.parametrize("off", [HOUR, DAY, -HOUR, -DAY])
async def test_a_node_whose_clock_is_not_that_of_most_is_cut_off_until_it_is(
    autojump_clock: MockClock, off: int
) -> None:
    """At once: what it does for all is done by its clock."""
    world = World()
    async with watched(world) as contact:
        await contact.looked.wait()
        assert contact.cut_off is None
        world.ahead = {"b": -off, "c": -off + 3}
        await trio.sleep(1.5 * LOOK)
        assert contact.cut_off == WRONG_CLOCK
        world.ahead = {"b": 2, "c": -2}
        await trio.sleep(1.5 * LOOK)
        assert contact.cut_off is None


@pytest.mark.parametrize(
    ("ahead", "why"),
    [
        ({"b": HOUR, "c": 0}, "another one is wrong"),
        ({"b": HOUR, "c": -HOUR}, "all are, and one must be right"),
        ({"b": HOUR}, "of two nobody knows"),
        ({"b": HOUR, "c": HOUR, "d": 0}, "as many are as this one"),
        ({"b": 50, "c": 50}, "not far enough"),
    ],
)
async def test_a_node_whose_clock_may_be_right_serves_on(
    autojump_clock: MockClock, ahead: dict[str, int], why: str
) -> None:
    world = World()
    world.belong = list(ahead)
    world.there, world.ahead = dict.fromkeys(ahead, 10), ahead
    async with watched(world) as contact:
        await trio.sleep(10 * LOOK)
        assert contact.cut_off is None, why


@pytest.mark.parametrize(
    ("ahead", "back"),
    [({}, 0), ({"b": HOUR}, 0), ({"b": -HOUR}, HOUR), ({"b": -5, "c": -DAY}, DAY), ({"b": HOUR, "c": -5}, 5)],
)
async def test_what_cannot_be_taken_back_waits_for_the_clock_that_is_behind(
    autojump_clock: MockClock, ahead: dict[str, int], back: int
) -> None:
    """Of two nodes, one of which is a day before the other, either may be the one that leads."""
    world = World()
    world.there, world.ahead = dict.fromkeys(ahead, 10), ahead
    found = earliest(world.others())
    assert 0 <= now() - 1000 * back - found < 1000
    silent = [Heard(Heartbeat("b", "life", 1, 1, "", 0, serving=False, at=1), trio.current_time())]
    assert now() - earliest(silent) < 1000  # one that serves nobody leads nothing


async def test_the_clock_of_an_older_chatd_which_says_none_is_not_compared(autojump_clock: MockClock) -> None:
    others = [Heard(Heartbeat(node, "life", 1, 1, "", 0), trio.current_time()) for node in ("b", "c")]
    assert not is_odd(others)


async def test_a_node_that_falls_further_and_further_behind_is_cut_off(autojump_clock: MockClock) -> None:
    world = World()
    async with watched(world) as contact:
        while contact.cut_off is None and trio.current_time() < 60:
            world.there["b"] += 100
            world.sequence += 20
            await trio.sleep(0.1)
        assert contact.cut_off == BEHIND

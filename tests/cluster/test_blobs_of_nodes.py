"""What one node stores or copies, no other takes away meanwhile."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
import trio
from net_of_two import NetOfTwo, Wires
from trio.testing import MockClock

from chatd.cluster.blobs import ASK, CLAIMED_SECONDS, CLAIMS, OVER, SECONDS, BlobsOfNodes
from chatd.cluster.node_message import encode
from chatd.files.pins import Pins
from chatd.ports import StoreUnavailable


class Place:
    """A node: what it stores, whether it copies, up to where it has applied the stream."""

    def __init__(self, town: Town, name: str) -> None:
        self.name, self.town = name, town
        self.pins = Pins()
        self.paused = False
        self.sequence = 0
        self.moved = trio.Event()
        self.agree = True  # the stream's servers
        shared = BlobsOfNodes(
            NetOfTwo(name, town.wires),
            cast(Any, self),
            town.nursery,
            self.applied,
            lambda: self.sequence,
            self.catch_up,
            self.members,
        )
        shared.share(self.pins, self)

    def others(self) -> list[Any]:
        names = self.town.heard - {self.name}
        return [SimpleNamespace(heartbeat=SimpleNamespace(node=name)) for name in sorted(names)]

    async def members(self) -> set[str]:
        return self.town.members - {self.name}

    async def applied(self, sequence: int) -> None:
        while self.sequence < sequence:
            await self.moved.wait()

    async def catch_up(self) -> None:
        if not self.agree:
            raise StoreUnavailable("the cluster's stream does not answer")
        await self.applied(self.town.last)

    def apply(self, sequence: int) -> None:
        self.sequence = sequence
        self.moved.set()
        self.moved = trio.Event()

    async def free(self) -> bool:
        async with self.pins.deleting("hash") as free:
            return free

    async def store(self, stored: trio.Event) -> None:
        async with self.pins.storing("hash"):
            stored.set()


class Town:
    def __init__(self, nursery: trio.Nursery) -> None:
        self.nursery, self.wires = nursery, Wires()
        self.last = 0  # sequence of the stream
        self.heard = {"a", "b", "c"}
        self.members = {"a", "b", "c"}
        self.a, self.b, self.c = (Place(self, name) for name in ("a", "b", "c"))


@pytest.fixture
def town(nursery: trio.Nursery) -> Town:
    return Town(nursery)


async def test_what_another_node_stores_is_not_taken_away(town: Town) -> None:
    async with town.b.pins.storing("hash"):
        assert not await town.a.free()
        async with town.a.pins.deleting("other") as free:
            assert free
    assert await town.a.free()


async def test_who_stores_what_another_node_takes_away_waits_for_it(
    town: Town, autojump_clock: MockClock
) -> None:
    stored = trio.Event()
    async with town.a.pins.deleting("hash") as free:
        assert free
        town.nursery.start_soon(town.b.store, stored)
        await trio.testing.wait_all_tasks_blocked()
        assert not stored.is_set()
    with trio.fail_after(1):
        await stored.wait()


async def test_nothing_is_taken_away_while_another_node_copies(town: Town) -> None:
    town.c.paused = True
    assert not await town.a.free()
    town.c.paused = False
    await trio.testing.wait_all_tasks_blocked()  # b has heard that it is over
    assert await town.a.free()


async def test_a_node_that_was_asked_in_vain_stores_again_at_once(
    town: Town, autojump_clock: MockClock
) -> None:
    stored = trio.Event()
    town.c.paused = True
    assert not await town.a.free()  # b had nothing against it
    town.nursery.start_soon(town.b.store, stored)
    with trio.fail_after(1):
        await stored.wait()


async def test_nothing_is_taken_away_while_a_node_that_is_heard_does_not_answer(town: Town) -> None:
    town.wires.down = {"b"}
    assert not await town.a.free()


async def test_nothing_is_taken_away_while_a_node_of_the_cluster_is_not_heard(town: Town) -> None:
    """It may be there, store it, and be heard of by the stream, or be again in a moment."""
    async with town.b.pins.storing("hash"):
        town.heard = {"a", "c"}
        assert not await town.a.free()
    town.members = {"a", "c"}  # as after `chatctl cluster leave b`
    assert await town.a.free()


async def test_who_belongs_to_the_cluster_is_known_when_all_is_known_that_was_acknowledged(
    town: Town, autojump_clock: MockClock
) -> None:
    town.members, town.heard, town.last = {"a", "c"}, {"a", "c"}, 7
    free: list[bool] = []

    async def ask() -> None:
        free.append(await town.a.free())

    town.nursery.start_soon(ask)
    await trio.testing.wait_all_tasks_blocked()
    town.members = {"a", "b", "c"}
    town.a.apply(7)
    await trio.testing.wait_all_tasks_blocked()
    assert free == [False]


async def test_an_answer_that_is_none_is_a_no(town: Town) -> None:
    async def junk(_: bytes) -> bytes:
        return b"\xff"

    town.wires.answers[f"{ASK}.b"] = junk
    assert not await town.a.free()


async def test_whoever_takes_away_knows_first_what_was_stored_anywhere(
    town: Town, autojump_clock: MockClock
) -> None:
    """A row may have been written already, and not be applied here yet."""
    town.last = 7
    asked = trio.Event()

    async def ask() -> None:
        assert await town.a.free()
        asked.set()

    town.nursery.start_soon(ask)
    await trio.testing.wait_all_tasks_blocked()
    assert not asked.is_set()
    town.a.apply(7)
    with trio.fail_after(1):
        await asked.wait()


async def test_a_node_that_is_cut_off_takes_nothing_away(town: Town, autojump_clock: MockClock) -> None:
    """It hears of nobody, and of nothing that was stored meanwhile."""
    town.members = town.heard = {"a"}
    town.a.agree = False
    assert not await town.a.free()
    town.a.agree, town.last = True, 7
    assert not await town.a.free()
    town.a.apply(7)
    assert await town.a.free()


async def test_a_node_that_does_not_know_yet_why_it_goes_says_no(
    town: Town, autojump_clock: MockClock
) -> None:
    """A copy that it begins now would name what is taken away."""
    town.a.apply(7)
    town.c.apply(7)
    assert not await town.a.free()
    town.b.apply(7)
    assert await town.a.free()


async def test_nobody_waits_for_ever_for_a_node_that_died_while_it_took_away(
    town: Town, autojump_clock: MockClock
) -> None:
    stored = trio.Event()
    town.wires.listeners[f"{OVER}.b"].clear()
    assert await town.a.free()
    town.nursery.start_soon(town.b.store, stored)
    began = trio.current_time()
    with trio.fail_after(CLAIMED_SECONDS + 1):
        await stored.wait()
    assert trio.current_time() - began > CLAIMED_SECONDS - 1


async def test_that_it_is_over_may_be_heard_before_the_answer_was_given(
    town: Town, autojump_clock: MockClock
) -> None:
    stored, answered = trio.Event(), trio.Event()
    town.a.apply(7)

    async def ask() -> None:
        with trio.move_on_after(SECONDS / 2):
            await town.a.free()  # gives up while b waits until it has applied as much
        town.b.apply(7)
        answered.set()

    town.nursery.start_soon(ask)
    await answered.wait()
    town.nursery.start_soon(town.b.store, stored)
    with trio.fail_after(1):
        await stored.wait()


async def test_a_node_holds_so_many_contents_back_for_others_and_no_more(
    town: Town, autojump_clock: MockClock
) -> None:
    asker = NetOfTwo("asker", town.wires)

    async def free(content: int) -> bytes:
        return await asker.ask(f"{ASK}.b", encode((f"{content}", 0)), SECONDS)

    assert {await free(content) for content in range(CLAIMS)} == {encode(True)}
    assert await free(CLAIMS) == encode(False)
    asker.publish(f"{OVER}.b", encode("7"))
    await trio.sleep(1)
    assert await free(CLAIMS) == encode(True)

"""Which nodes there are, and which of them decides: all who hear the same say the same."""

from __future__ import annotations

from collections import Counter

import attrs
import msgspec
import pytest
import trio
from memory_net import MemoryWires
from trio.testing import MockClock

from chatd.cluster.heartbeats import ECHO, EVERY, GONE_AFTER, NODES, SUBJECT, Heartbeat, Heartbeats, SameName
from chatd.cluster.owners import Owners, owner_of

STREAMS = [f"room/{number}" for number in range(3000)]


@attrs.define(eq=False)
class Node:
    name: str
    wires: MemoryWires
    life: str = "1"
    serving: bool = True
    heartbeats: Heartbeats = attrs.field(init=False)
    owners: Owners = attrs.field(init=False)
    scope: trio.CancelScope = attrs.field(factory=trio.CancelScope)
    problem: str = ""

    def __attrs_post_init__(self) -> None:
        self.heartbeats = Heartbeats(self.wires.net(self.name), self.heartbeat)
        self.owners = Owners(self.name, self.heartbeats)
        self.heartbeats.watch(self.owners.changed)

    def heartbeat(self) -> Heartbeat:
        return Heartbeat(self.name, self.life, 1, 7, "hash", 7, serving=self.serving)

    async def run(self) -> None:
        with self.scope:
            try:
                await self.heartbeats.run()
            except SameName as error:
                self.problem = str(error)

    def die(self) -> None:
        self.scope.cancel()
        self.wires.forget(self.name)


async def three(wires: MemoryWires) -> list[Node]:
    nodes = [Node(name, wires) for name in ("a", "b", "c")]
    for node in nodes:
        wires.nursery.start_soon(node.run)
    await trio.sleep(EVERY)
    return nodes


async def test_nodes_know_each_other_at_once(wires: MemoryWires, autojump_clock: MockClock) -> None:
    nodes = await three(wires)
    assert [node.heartbeats.nodes for node in nodes] == [("a", "b", "c")] * 3
    late = Node("d", wires)
    wires.nursery.start_soon(late.run)
    await trio.sleep(0.05)
    assert late.heartbeats.nodes == ("a", "b", "c", "d")


async def test_a_node_that_is_not_heard_is_gone_and_comes_back(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    a, b, c = await three(wires)
    wires.cut = {frozenset("ac"), frozenset("bc")}
    await trio.sleep(GONE_AFTER + 2 * EVERY)
    assert (a.heartbeats.nodes, b.heartbeats.nodes, c.heartbeats.nodes) == (("a", "b"), ("a", "b"), ("c",))
    wires.cut = set()
    await trio.sleep(2 * EVERY)
    assert a.heartbeats.nodes == c.heartbeats.nodes == ("a", "b", "c")


async def test_a_node_that_says_good_bye_is_gone_at_once(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    a, b, c = await three(wires)
    c.heartbeats.leave()
    await trio.sleep(0.05)
    assert a.heartbeats.nodes == b.heartbeats.nodes == c.heartbeats.nodes == ("a", "b")
    assert [a.heartbeats.there(node) for node in "abc"] == [True, True, False]


async def test_a_node_that_retires_owns_nothing_and_is_at_work_until_it_says_that_it_has_gone(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    a, b, c = await three(wires)
    told: list[bool] = []
    a.heartbeats.watch(lambda: told.append(a.owners.able(("c", "1"))))
    changes = a.heartbeats.changes
    c.heartbeats.retire()
    await trio.sleep(0.05)
    assert a.heartbeats.able == b.heartbeats.able == c.heartbeats.able == ("a", "b")
    assert {a.owners.owner(stream) for stream in STREAMS} == {None, ("b", "1")}
    assert a.owners.able(("c", "1"))
    assert not a.owners.able(("c", "0"))
    assert a.heartbeats.there("c")
    await trio.sleep(3 * GONE_AFTER)
    assert told == [True]
    c.heartbeats.leave()
    await trio.sleep(0.05)
    assert told == [True, False]
    c.die()
    await trio.sleep(GONE_AFTER + 2 * EVERY)
    assert told == [True, False]
    assert a.heartbeats.changes == changes + 1


async def test_a_node_that_retires_and_dies_is_at_work_no_longer(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    a, _, c = await three(wires)
    told: list[bool] = []
    a.heartbeats.watch(lambda: told.append(a.owners.able(("c", "1"))))
    c.heartbeats.retire()
    await trio.sleep(0.05)
    c.die()
    await trio.sleep(GONE_AFTER + 2 * EVERY)
    assert told == [True, False]


async def test_a_node_that_cannot_know_what_the_others_know_decides_nothing(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    """It is there, but its disk is full, say: whoever waited for what it owned would wait for ever."""
    a, b, c = await three(wires)
    owned = [stream for stream in STREAMS if owner_of(stream, ("a", "b", "c")) == "c"]
    assert {a.owners.owner(stream) for stream in owned} == {("c", "1")}
    c.serving = False
    await trio.sleep(2 * EVERY)
    assert a.heartbeats.nodes == ("a", "b", "c")
    for node, others in ((a, {None, ("b", "1")}), (b, {None, ("a", "1")}), (c, {("a", "1"), ("b", "1")})):
        assert node.heartbeats.able == ("a", "b")
        assert {node.owners.owner(stream) for stream in owned} == others
    c.serving = True
    await trio.sleep(2 * EVERY)
    assert {b.owners.owner(stream) for stream in owned} == {("c", "1")}


async def test_a_new_life_of_a_node_is_told_to_those_who_watch(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    """What was sent to the life before is lost."""
    a, _, c = await three(wires)
    changes = a.heartbeats.changes
    c.die()
    again = Node("c", wires, life="2")
    wires.nursery.start_soon(again.run)
    await trio.sleep(0.05)
    assert a.heartbeats.life("c") == "2"
    assert a.heartbeats.changes == changes + 1


async def test_of_two_with_the_same_name_the_younger_one_goes(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    nodes = await three(wires)
    younger = Node("c", wires, life="2")
    wires.nursery.start_soon(younger.run)
    await trio.sleep(GONE_AFTER + 3 * EVERY)
    assert "calls itself the node c" in younger.problem
    assert not any(node.problem for node in nodes)


async def test_a_node_that_stood_still_knows_that_it_was_missed(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    """Whether it learns so with its next heartbeat, or before."""
    a, *_ = await three(wires)
    assert not a.heartbeats.missed
    for learns in (lambda: a.heartbeats.missed, a.heartbeats.say):
        a.heartbeats._said_at -= GONE_AFTER + EVERY  # as if it had not run meanwhile
        learns()
        assert a.heartbeats.missed
        await trio.sleep(2 * ECHO)
        assert not a.heartbeats.missed


async def test_what_a_node_said_in_a_life_before_does_not_end_the_next(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    """It comes late when it lay in a NATS server that stood still, or in the kernel of a killed process."""
    a, _, c = await three(wires)
    c.die()
    again = Node("c", wires, life="2")
    wires.nursery.start_soon(again.run)
    await trio.sleep(EVERY)
    for _ in range(2):
        for _ in range(5):
            wires.net("late").publish(SUBJECT, msgspec.msgpack.encode(c.heartbeat()))
        await trio.sleep(3 * GONE_AFTER)
        assert not again.problem
        assert a.heartbeats.life("c") == "2"


async def test_what_is_no_sign_of_life_is_passed_over_and_more_nodes_than_may_be_are_not_known(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    a, *_ = await three(wires)
    stranger = wires.net("z")
    for data in (b"", b"\xff", msgspec.msgpack.encode(["z"]), msgspec.msgpack.encode({"node": "z"})):
        stranger.publish(SUBJECT, data)
    for number in range(2 * NODES):
        stranger.publish(SUBJECT, msgspec.msgpack.encode(Heartbeat(f"z{number}", "1", 1, 1, "", 0)))
    await trio.sleep(EVERY)
    assert len(a.heartbeats.nodes) == NODES + 1
    await trio.sleep(GONE_AFTER + 2 * EVERY)
    assert a.heartbeats.nodes == ("a", "b", "c")


@pytest.mark.parametrize("count", [2, 3, 5, 8])
def test_streams_are_spread_evenly_over_the_nodes(count: int) -> None:
    nodes = [f"node-{number}" for number in range(count)]
    shares = Counter(owner_of(stream, nodes) for stream in STREAMS)
    fair = len(STREAMS) / count
    assert set(shares) == set(nodes)
    assert all(0.8 * fair < share < 1.2 * fair for share in shares.values())


def test_the_owner_does_not_depend_on_the_order_in_which_nodes_are_named() -> None:
    for stream in STREAMS[:100]:
        assert owner_of(stream, ["a", "b", "c"]) == owner_of(stream, ["c", "a", "b"])


def test_only_what_a_node_owned_moves_when_it_goes_or_comes() -> None:
    before = {stream: owner_of(stream, ["a", "b", "c"]) for stream in STREAMS}
    without = {stream: owner_of(stream, ["a", "b"]) for stream in STREAMS}
    assert all(without[stream] == owner for stream, owner in before.items() if owner != "c")
    moved = Counter(without[stream] for stream, owner in before.items() if owner == "c")
    assert min(moved.values()) > 0.8 * sum(moved.values()) / 2  # to both alike
    more = {stream: owner_of(stream, ["a", "b", "c", "d"]) for stream in STREAMS}
    assert {more[stream] for stream in STREAMS if more[stream] != before[stream]} == {"d"}


def test_without_nodes_nobody_owns_anything() -> None:
    assert owner_of("room/1", []) is None

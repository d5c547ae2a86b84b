"""Presence and signals of several nodes: who is seen where, and what nobody is to see."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import attrs
import msgspec
import pytest
import trio
from net_of_two import NetOfTwo, Wires
from trio.testing import MockClock, wait_all_tasks_blocked

from chatd.actors.runtime.bus import Bus
from chatd.actors.runtime.chunk import SignalFrame
from chatd.actors.workers.presence import GRACE, Presence
from chatd.cluster import presence as told
from chatd.cluster.presence import PresenceOfNodes
from chatd.cluster.signals import LONGEST, Signals
from chatd.ports import Append, Appended, Caller, PutPresence

STREAMS = {"account/ann", "account/bob", "space/s"}
LAST_SEEN = 77


class Table:
    """The same on all nodes: what they wrote to the log. All accounts share a space."""

    def __init__(self) -> None:
        self.rows: dict[str, PutPresence] = {}
        self.streams = set(STREAMS)

    async def presences(self, accounts: Sequence[str]) -> list[dict[str, Any]]:
        await trio.lowlevel.checkpoint()
        return [msgspec.structs.asdict(self.rows[account]) for account in accounts if account in self.rows]

    async def memberships(self, account: str) -> tuple[list[dict[str, Any]], int]:
        await trio.lowlevel.checkpoint()
        return [{"stream": stream} for stream in self.streams], 0

    async def acquainted(self, account: str, others: Sequence[str]) -> list[str]:
        await trio.lowlevel.checkpoint()
        return list(others)

    async def append(self, append: Append) -> Appended:
        await trio.lowlevel.checkpoint()
        for write in append.writes:
            assert isinstance(write, PutPresence)
            self.rows[write.account] = write
        return Appended(())


class Sees:
    """A session's feed; a subscriber of the bus as well."""

    last_heard = 0.0
    caught_up: Any = None

    def __init__(self, account: str) -> None:
        self.account = account
        self.streams = self.company = STREAMS
        self.frames: list[dict[str, Any]] = []

    def signal(self, signal: SignalFrame) -> bool:
        self.frames.append(signal.frame())
        return True


class HeartbeatsOf:
    """Who is there, as `Heartbeats` says it."""

    def __init__(self) -> None:
        self.nodes: tuple[str, ...] = ("a", "b")
        self._watchers: list[Callable[[], None]] = []

    def watch(self, changed: Callable[[], None]) -> None:
        self._watchers.append(changed)

    def now(self, *nodes: str) -> None:
        self.nodes = nodes
        for changed in self._watchers:
            changed()


@attrs.define
class Node:
    net: NetOfTwo
    bus: Bus
    presence: Presence
    table: Table

    async def open(self, account: str) -> tuple[Caller, Sees]:
        caller, feed = Caller("", account, account, self.net.node), Sees(account)
        found = await self.table.presences([account])
        self.presence.learn(account, found[0] if found else None)
        self.presence.enter(caller, feed)  # type: ignore[arg-type]
        await wait_all_tasks_blocked()
        return caller, feed

    async def shown(self, watcher: Caller, account: str) -> tuple[str, int | None]:
        await wait_all_tasks_blocked()
        answer = await self.presence.watch(watcher, [account])
        assert answer is not None
        return answer[0].state, answer[0].last_seen


@attrs.define
class Town:
    clock: MockClock
    wires: Wires
    heartbeats: HeartbeatsOf
    table: Table
    a: Node
    b: Node

    async def later(self, seconds: float) -> None:
        await wait_all_tasks_blocked()
        self.clock.jump(seconds)
        await wait_all_tasks_blocked()


@pytest.fixture
async def town(mock_clock: MockClock) -> AsyncIterator[Town]:
    wires, heartbeats, table = Wires(), HeartbeatsOf(), Table()
    async with trio.open_nursery() as nursery:

        def node(name: str, clock: Callable[[], int]) -> Node:
            net, bus, any_table = NetOfTwo(name, wires), Bus(0), table
            presence = Presence(any_table, any_table, clock)  # type: ignore[arg-type]
            of_nodes = PresenceOfNodes(net, heartbeats, name, presence, bus, any_table)  # type: ignore[arg-type]
            Signals(net, bus).open()
            nursery.start_soon(presence.run)
            nursery.start_soon(of_nodes.run)
            return Node(net, bus, presence, table)

        town = Town(mock_clock, wires, heartbeats, table, node("a", _now), node("b", _later))
        await wait_all_tasks_blocked()
        yield town
        nursery.cancel_scope.cancel()


def _now() -> int:
    return 1000 + int(trio.current_time() * 1000)


def _later() -> int:
    return _now() + 3


async def test_whoever_is_on_one_node_is_seen_on_the_other_as_they_are(
    mock_clock: MockClock, town: Town
) -> None:
    bob, _ = await town.b.open("bob")
    ann, _ = await town.a.open("ann")
    assert await town.b.shown(bob, "ann") == ("online", None)
    await town.a.presence.set(ann, "away")
    assert await town.b.shown(bob, "ann") == ("away", None)
    await town.a.presence.set(ann, "dnd")
    assert await town.b.shown(bob, "ann") == ("dnd", None)
    town.a.presence.leave(ann)
    assert await town.b.shown(bob, "ann") == ("dnd", None)
    await town.later(GRACE)
    assert (await town.b.shown(bob, "ann"))[0] == "offline"
    assert town.b.presence.here() == {"bob"}


async def test_an_invisible_account_looks_on_every_node_like_one_that_has_gone(
    mock_clock: MockClock, town: Town
) -> None:
    town.table.rows["ann"] = PutPresence("ann", "invisible", LAST_SEEN)
    bob, _ = await town.b.open("bob")
    await town.a.open("ann")
    assert await town.b.shown(bob, "ann") == ("offline", LAST_SEEN)
    assert town.b.presence.hides("ann")
    await town.b.open("ann")
    await town.b.presence.save()
    assert town.table.rows["ann"].last_seen == LAST_SEEN


@pytest.mark.parametrize("last", ["a", "b", "both", "invisible"])
async def test_all_nodes_say_the_same_of_when_somebody_was_seen_last(
    mock_clock: MockClock, town: Town, last: str
) -> None:
    watchers = [(node, (await node.open("bob"))[0]) for node in (town.a, town.b)]
    places = [(town.a, (await town.a.open("ann"))[0]), (town.b, (await town.b.open("ann"))[0])]
    if last == "b":
        places.reverse()
    if last == "invisible":
        node, ann = places[1]
        await node.presence.set(ann, "invisible")
    for node, ann in places:
        node.presence.leave(ann)
        if last != "both":
            await town.later(GRACE)
            await town.later(0.1)
    await town.later(GRACE)
    seen = {await node.shown(bob, "ann") for node, bob in watchers}
    assert len(seen) == 1
    for node in (town.a, town.b):
        await node.presence.save()
    assert seen == {("offline", town.table.rows["ann"].last_seen)}


async def test_a_node_that_ends_says_only_of_its_own_people_that_they_were_seen(
    mock_clock: MockClock, town: Town
) -> None:
    ann, _ = await town.a.open("ann")
    await town.b.open("bob")
    await town.later(0.1)
    assert await town.a.shown(ann, "bob") == ("online", None)
    await town.a.presence.close()
    assert list(town.table.rows) == ["ann"]


async def test_the_death_of_a_node_shows_nobody_who_is_invisible(mock_clock: MockClock, town: Town) -> None:
    bob, _ = await town.b.open("bob")
    ann, _ = await town.a.open("ann")
    await town.a.presence.set(ann, "invisible")
    await town.b.open("ann")
    town.wires.down.add("a")
    town.heartbeats.now("b")
    await town.later(GRACE)
    assert (await town.b.shown(bob, "ann"))[0] == "offline"
    assert town.b.presence.hides("ann")


@pytest.mark.parametrize("back", [False, True])
async def test_the_accounts_of_a_node_that_goes_have_the_grace_to_come_to_another(
    mock_clock: MockClock, town: Town, back: bool
) -> None:
    bob, watching = await town.b.open("bob")
    await town.a.open("ann")
    assert await town.b.shown(bob, "ann") == ("online", None)
    town.wires.down.add("a")
    town.heartbeats.now("b")
    await town.later(GRACE / 2)
    if back:
        await town.b.open("ann")
    await town.later(GRACE)
    assert (await town.b.shown(bob, "ann"))[0] == ("online" if back else "offline")
    assert [frame["data"].state for frame in watching.frames] == ([] if back else ["offline"])


async def test_nobody_is_offline_whose_node_is_heard_again_within_the_grace(
    mock_clock: MockClock, town: Town
) -> None:
    bob, watching = await town.b.open("bob")
    await town.a.open("ann")
    town.heartbeats.now("b")
    await town.later(GRACE / 2)
    town.heartbeats.now("a", "b")
    await town.later(GRACE)
    assert await town.b.shown(bob, "ann") == ("online", None)
    assert [frame["data"].state for frame in watching.frames] == []


@pytest.mark.parametrize("stays", [False, True])
async def test_whoever_came_from_this_node_is_seen_where_they_belong_since(
    mock_clock: MockClock, town: Town, stays: bool
) -> None:
    """What the session that they had here knew is old."""
    town.table.streams.add("room/new")
    ann, feed = await town.a.open("ann")
    feed.company = {"room/new"}
    bob, old = await town.a.open("bob")
    old.streams = {"space/s"}
    await town.a.presence.watch(ann, ["bob"])
    if stays:
        there, _ = await town.b.open("bob")
        await town.later(0.1)
    town.a.presence.leave(bob)
    if not stays:
        there, _ = await town.b.open("bob")
    await town.b.presence.set(there, "dnd")
    await town.later(1)
    assert [frame["data"].state for frame in feed.frames] == ["dnd"]


async def test_what_crosses_a_choice_does_not_undo_it(mock_clock: MockClock, town: Town) -> None:
    ann, _ = await town.a.open("ann")
    await town.b.open("ann")
    await town.a.presence.set(ann, "invisible")
    town.a.presence.elsewhere("b", "ann", True, None, 0)  # said before b knew
    await wait_all_tasks_blocked()
    assert town.a.presence.hides("ann")
    assert town.b.presence.hides("ann")


async def test_of_what_a_node_tells_in_pieces_only_the_newest_is_kept(
    mock_clock: MockClock, town: Town
) -> None:
    bob, _ = await town.b.open("bob")

    def tell(whole: str, piece: int, of: int, *accounts: str) -> None:
        ones = [(account, False, None, 0) for account in accounts]
        town.a.net.publish(told.SUBJECT, msgspec.msgpack.encode(["a", "a", whole, piece, of, ones]))

    tell("x1", 0, 2, "ann")
    tell("x2", 1, 2, "bob")
    assert await town.b.shown(bob, "ann") == ("offline", None)
    tell("x2", 0, 2, "ann")
    assert await town.b.shown(bob, "ann") == ("online", None)
    tell("x3", 5, 2, "bob")  # no such piece: as if it had not come
    tell("x4", 0, 1)
    await wait_all_tasks_blocked()
    assert (await town.b.shown(bob, "ann"))[0] == "offline"


@pytest.mark.parametrize(
    ("node", "accounts"),
    [
        ("a", ["ann", *["eve"] * told.PIECE]),
        ("a", ["ann", "n" * 65]),
        ("a" * 65, ["ann"]),
    ],
    ids=["many", "long", "long node"],
)
async def test_nothing_is_kept_of_what_no_node_tells(
    mock_clock: MockClock, town: Town, node: str, accounts: list[str]
) -> None:
    """What is kept is bounded in bytes, too."""
    bob, _ = await town.b.open("bob")
    ones = [[account, False, None, 0] for account in accounts]
    town.a.net.publish(told.SUBJECT, msgspec.msgpack.encode([node, "a", "", 0, 1, ones]))
    assert (await town.b.shown(bob, "ann"))[0] == "offline"


async def test_a_signal_is_shown_once_on_each_node(mock_clock: MockClock, town: Town) -> None:
    here, there, self_there = Sees("bob"), Sees("bob"), Sees("ann")
    town.a.bus.subscribe(here, "space/s")  # type: ignore[arg-type]
    for one in (there, self_there):
        town.b.bus.subscribe(one, "space/s")  # type: ignore[arg-type]
        town.b.bus.attach(one)  # type: ignore[arg-type]
    frame = {"signal": "typing", "stream": "space/s", "by": "ann", "data": {}}
    town.a.bus.signal_stream("space/s", frame, but="ann")
    town.a.bus.signal("ann", frame)
    town.a.bus.signal("bob", {**frame, "data": "x" * LONGEST})
    assert here.frames == there.frames == self_there.frames == [frame]

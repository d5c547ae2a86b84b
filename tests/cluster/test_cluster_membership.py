"""What is kept in the stream, and for whom: nothing is dropped that a node or a backup may still need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest
import trio
from trio.testing import MockClock

from chatd.cluster.errors import TooOld
from chatd.cluster.heartbeats import Heard, Heartbeat
from chatd.cluster.membership import BACKUP_TOOK, KEPT, Membership
from chatd.cluster.node import DURABLE_EVERY, Node
from chatd.nats.jetstream import ApiError, StreamConfig, StreamInfo, StreamState
from chatd.ports import Append, Appended, PutLevel, StoreUnavailable

HOUR = BACKUP_TOOK


class World:
    """A cluster whose stream has 50,000 messages, all applied, and a backup made more than an hour ago."""

    def __init__(self) -> None:
        self.sequence = 50_000
        self.belonging = ["a", "b", "c"]
        self.there = {"b": (50_000, 2), "c": (50_000, 2)}  # node -> durable, level
        self.backup: int | None = 10 * HOUR
        self.level = 1
        self.purged: list[int] = []
        self.replicas = 3
        self.servers = 3
        self.written: list[Any] = []

    # the log
    def sequence_at(self, at: int) -> int:
        return 35_000 if at <= 9 * HOUR else 50_000

    def submit(self, appends: Sequence[Append]) -> Any:
        self.written += [write for append in appends for write in append.writes]

        async def wait() -> list[Appended]:
            return [Appended(())]

        return SimpleNamespace(wait=wait)

    # the heartbeats
    def others(self) -> Iterator[Heard]:
        for node, (durable, level) in self.there.items():
            yield Heard(Heartbeat(node, "life", level, self.sequence, "", durable), 0.0)

    # the database
    async def nodes(self) -> list[str]:
        return self.belonging

    async def newest_backup(self) -> int | None:
        return self.backup

    async def cluster_level(self) -> int:
        return self.level

    # the stream
    async def stream_info(self, name: str) -> StreamInfo:
        config = StreamConfig(name, [], num_replicas=self.replicas)
        return StreamInfo(config, StreamState(50_000, 1, 1, 50_000))

    async def set_replicas(self, name: str, replicas: int) -> None:
        if replicas > self.servers:
            raise ApiError(10074, "replicas > 1 not supported in non-clustered mode")
        self.replicas = replicas

    async def purge(self, name: str, before: int) -> None:
        self.purged.append(before)

    def membership(self) -> Membership:
        world: Any = self
        broker: Any = SimpleNamespace(jetstream=self, stream="stream")
        return Membership("a", 2, 3, world, world, world, broker)


async def test_what_all_hold_and_a_backup_holds_is_dropped() -> None:
    world = World()
    await world.membership().look(leads=True)
    world.backup = 11 * HOUR
    await world.membership().look(leads=True)
    assert world.purged == [35_000, 50_000 - KEPT]


@pytest.mark.parametrize("of", ["no backup", "a node is away", "a node is behind", "another node leads"])
async def test_nothing_is_dropped_that_may_be_needed(of: str) -> None:
    world = World()
    match of:
        case "no backup":
            world.backup = None
        case "a node is away":
            del world.there["c"]
        case "a node is behind":
            world.there["c"] = (KEPT, 2)
    await world.membership().look(leads=of != "another node leads")
    assert world.purged == []


async def test_a_stream_that_was_made_on_one_server_is_spread_once_there_are_more() -> None:
    """And what else is to be done is done meanwhile."""
    world = World()
    world.replicas = world.servers = 1
    await world.membership().look(leads=True)
    assert world.replicas == 1
    assert world.purged == [35_000]
    world.servers = 3
    await world.membership().look(leads=False)
    assert world.replicas == 1
    await world.membership().look(leads=True)
    assert world.replicas == 3
    world.replicas = 5  # somebody's own choice
    await world.membership().look(leads=True)
    assert world.replicas == 5


async def test_a_node_that_does_not_come_back_keeps_nothing_once_it_is_removed() -> None:
    world = World()
    del world.there["c"]
    membership = world.membership()
    await membership.look(leads=True)
    assert world.purged == []
    world.belonging.remove("c")
    await membership.look(leads=True)
    assert world.purged


async def test_the_level_rises_when_all_nodes_have_it_and_not_before() -> None:
    world = World()
    world.there["c"] = (50_000, 1)
    await world.membership().look(leads=True)
    assert world.written == []
    world.there["c"] = (50_000, 2)
    await world.membership().look(leads=True)
    assert world.written == [PutLevel(2)]


async def test_what_came_with_a_level_is_written_once_all_nodes_have_reached_it() -> None:
    world = World()
    membership = world.membership()
    assert membership.all_read(1)
    assert not membership.all_read(2)
    world.level = 2
    await membership.look(leads=False)
    assert membership.all_read(2)
    later = world.membership()
    await later.enter()
    assert later.all_read(2)


async def test_a_node_of_an_older_chatd_does_not_stay_when_all_have_reached_more() -> None:
    """What the others write from now on it could not read."""
    world = World()
    world.level = 3
    for what in (world.membership().enter(), world.membership().look(leads=True)):
        with pytest.raises(TooOld, match="reached level 3, and this chatd reads level 2"):
            await what
    assert world.written == []


class SlowDisk:
    """A node's log, and its database. Meanwhile more is applied. `ends` says how each checkpoint does:
    whether all is on the disk, or why nothing is."""

    def __init__(self, *ends: bool | StoreUnavailable) -> None:
        self.sequence = 7
        self._ends = iter(ends)

    async def checkpoint(self) -> bool:
        self.sequence += 1
        end = next(self._ends)
        if isinstance(end, StoreUnavailable):
            raise end
        return end


async def durable_after(*ends: bool | StoreUnavailable) -> tuple[int, str | None]:
    """Up to where a node says that it has all on its disk, and why it has no more."""
    disk = SlowDisk(*ends)
    node: Any = SimpleNamespace(log=disk, _durable=0, _unsynced=None)
    with trio.move_on_after(DURABLE_EVERY * len(ends) + 1):
        await Node._make_durable(node, cast(Any, SimpleNamespace(log=disk)))
    return node._durable, node._unsynced


async def test_a_node_says_that_it_has_on_its_disk_what_it_had_applied_when_that_was_synced(
    autojump_clock: MockClock,
) -> None:
    """The stream drops what all have there."""
    assert await durable_after(True) == (7, None)
    assert await durable_after(False) == (0, None)  # somebody reads what was there before
    assert await durable_after(True, False) == (7, None)
    assert await durable_after(True, StoreUnavailable("disk I/O error")) == (7, "disk I/O error")
    assert await durable_after(StoreUnavailable("disk I/O error"), True) == (8, None)

"""A node stops itself when most others have another log, never because it has not heard of some yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import trio
from trio.testing import MockClock

from chatd.cluster.divergence import Diverged, DivergenceCheck
from chatd.cluster.heartbeats import Heard, Heartbeat
from chatd.cluster.proposal import VERSION, Header

OURS, THEIRS = "a" * 64, "b" * 64


class Log:
    def __init__(self, **hashes: str) -> None:
        self.hashes = {int(name[2:]): hash for name, hash in hashes.items()}
        self.diverged: Callable[[Header, str], None] = lambda header, hash: None

    def hash_at(self, sequence: int) -> str | None:
        return self.hashes.get(sequence)

    def watch(self, diverged: Callable[[Header, str], None]) -> None:
        self.diverged = diverged


class Nodes:
    def __init__(self, **heartbeats: tuple[int, str]) -> None:
        self.heartbeats = {
            name: Heartbeat(name, f"life of {name}", 1, *at, 0) for name, at in heartbeats.items()
        }

    def others(self) -> Iterator[Heard]:
        return iter([Heard(heartbeat, 0.0) for heartbeat in self.heartbeats.values()])


async def looked(log: Log, nodes: Nodes, then: Callable[[], None] = lambda: None) -> str | None:
    """Why the node has stopped itself; None: it has not."""
    check = DivergenceCheck(log, nodes)
    why: list[str] = []

    async def run() -> None:
        try:
            await check.run()
        except Diverged as error:
            why.append(str(error))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(run)
        await trio.sleep(1)
        then()
        await trio.sleep(1)
        nursery.cancel_scope.cancel()
    return why[0] if why else None


async def test_a_node_whom_all_others_contradict_stops(autojump_clock: MockClock) -> None:
    why = await looked(Log(at7=OURS), Nodes(b=(7, THEIRS), c=(7, THEIRS)))
    assert why is not None
    assert "b, c had another hash" in why


async def test_a_node_whom_only_one_of_two_contradicts_goes_on(autojump_clock: MockClock) -> None:
    assert await looked(Log(at7=OURS), Nodes(b=(7, THEIRS), c=(7, OURS))) is None


async def test_a_node_that_agreed_before_still_counts_when_it_is_ahead(autojump_clock: MockClock) -> None:
    nodes = Nodes(b=(7, OURS), c=(7, OURS))

    def then() -> None:
        nodes.heartbeats["b"] = Heartbeat("b", "life of b", 1, 7, THEIRS, 0)
        nodes.heartbeats["c"] = Heartbeat("c", "life of c", 1, 99, THEIRS, 0)  # not applied here yet

    assert await looked(Log(at7=OURS), nodes, then) is None


async def test_of_whom_nothing_is_known_yet_is_waited_for(autojump_clock: MockClock) -> None:
    nodes = Nodes(b=(7, THEIRS), c=(99, THEIRS))

    def then() -> None:
        nodes.heartbeats["c"] = Heartbeat("c", "life of c", 1, 7, THEIRS, 0)

    assert await looked(Log(at7=OURS), nodes) is None
    assert await looked(Log(at7=OURS), nodes, then) is not None


async def test_what_a_node_said_that_is_gone_counts_no_more(autojump_clock: MockClock) -> None:
    nodes = Nodes(b=(7, THEIRS), c=(7, OURS))
    assert await looked(Log(at7=OURS), nodes, lambda: nodes.heartbeats.clear()) is None


async def test_a_proposal_upon_another_log_counts_at_once(autojump_clock: MockClock) -> None:
    log = Log()
    header = Header(VERSION, "append", "life of b", 1, 1, 7, THEIRS)
    assert await looked(log, Nodes(b=(7, OURS)), lambda: log.diverged(header, OURS)) is not None

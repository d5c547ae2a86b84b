"""Whoever guesses at a password has as many guesses in a cluster as with one server."""

from __future__ import annotations

from typing import Any, cast

import attrs
import pytest
import trio
from memory_net import MemoryWires
from trio.testing import MockClock

from chatd.auth.login_throttle import Attempt, LoginThrottle
from chatd.cluster.shared_throttle import ASK, SharedThrottle
from chatd.contract.errors import Refusal
from chatd.ports import Caller
from chatd.settings import Settings

FREE = 3


@attrs.define(eq=False)
class Node:
    """`owns`: the node that it believes to have the counters of all names; None: itself."""

    name: str
    wires: MemoryWires
    owns: str | None = None
    throttle: LoginThrottle = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        settings = Settings(login_free_tries=FREE, login_free_tries_name=FREE, login_first_delay=60.0)
        self.throttle = LoginThrottle(settings)
        SharedThrottle(self.wires.net(self.name), cast(Any, self), self.throttle)

    def owner(self, stream: str) -> tuple[str, str] | None:
        return None if self.owns is None else (self.owns, "1")

    async def tried(self, address: str = "192.0.2.1", *, right: bool = False, name: str = "Ada") -> bool:
        """Whether a password could be tried."""
        attempt = await self.throttle.attempt(name, Caller(address=address))
        if isinstance(attempt, Refusal):
            assert attempt.code == "rate_limited"
            assert attempt.data["retry_after"] > 0
            return False
        with attempt:
            if right:
                attempt.right()
        await trio.sleep(0.01)  # virtual: what is told of it has come
        return True


def three(wires: MemoryWires) -> list[Node]:
    return [Node("a", wires), Node("b", wires, "a"), Node("c", wires, "a")]


async def test_guesses_are_counted_together_on_whatever_node_they_are_tried(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    nodes = three(wires)
    could = [await nodes[number % 3].tried() for number in range(9)]
    assert could == [True] * FREE + [False] * (9 - FREE)
    assert not any([await node.tried(name="ADA") for node in nodes])


async def test_guesses_at_once_are_no_way_around(wires: MemoryWires, autojump_clock: MockClock) -> None:
    nodes = three(wires)
    could: list[bool] = []

    async def guess(node: Node) -> None:
        could.append(await node.tried())

    async with trio.open_nursery() as nursery:
        for number in range(30):
            nursery.start_soon(guess, nodes[number % 3])
    assert could.count(True) == FREE


async def test_a_right_password_is_no_guess_and_makes_its_address_known_on_all(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    nodes = three(wires)
    for number in range(20):
        assert await nodes[number % 3].tried(right=True)
    for number in range(40):  # many machines guess
        await nodes[number % 3].tried(f"198.51.100.{number}")
    assert not await nodes[1].tried("203.0.113.1", right=True)
    assert all([await node.tried(right=True) for node in nodes])


async def test_what_gave_nothing_away_is_taken_back(wires: MemoryWires, autojump_clock: MockClock) -> None:
    node = three(wires)[1]
    for _ in range(20):
        attempt = await node.throttle.attempt("ada", Caller(address="192.0.2.1"))
        assert isinstance(attempt, Attempt)
        with attempt:
            attempt.void()
        await trio.sleep(0.01)
        attempt = await node.throttle.attempt("ada", Caller(address="192.0.2.1"))
        assert isinstance(attempt, Attempt)
        with pytest.raises(ZeroDivisionError), attempt:
            raise ZeroDivisionError
        await trio.sleep(0.01)
    assert await node.tried()


async def test_a_node_whose_owner_of_a_name_does_not_answer_counts_itself(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    nodes = three(wires)
    wires.cut = {frozenset("ab")}
    could = [await nodes[1].tried() for _ in range(9)]
    assert could == [True] * FREE + [False] * (9 - FREE)
    nodes[2].owns = "nobody"
    assert await nodes[2].tried()


async def test_an_address_is_counted_where_it_comes_and_not_when_the_name_is_refused(
    wires: MemoryWires, autojump_clock: MockClock
) -> None:
    _, node, _ = three(wires)
    for _ in range(200):
        await node.tried()
    assert await node.tried(name="somebody else")


async def test_what_no_node_says_is_not_believed(wires: MemoryWires, autojump_clock: MockClock) -> None:
    a, b, _ = three(wires)
    for data in (b"", b"\xff", b"\x92\x01\x02"):
        assert await wires.net("z").ask(f"{ASK}.a", data, 1) == b""
        wires.net("z").publish("brake-ended.a", data)
    assert await b.tried()
    assert await a.tried()

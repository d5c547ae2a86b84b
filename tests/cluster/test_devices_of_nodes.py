"""A device that is connected to another node is seen to be connected."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from net_of_two import NetOfTwo, Wires

from chatd.actors.runtime.live_sessions import LiveSessions
from chatd.auth.tokens import Claims
from chatd.cluster.devices import SUBJECT, DevicesOfNodes


class Nodes:
    nodes = ("a", "b", "c")


class Session:
    def __init__(self, account: str, device: str) -> None:
        self.claims = cast(Claims, SimpleNamespace(account=account, device=device))


def live(wires: Wires, node: str, *devices: tuple[str, str]) -> LiveSessions:
    sessions = LiveSessions()
    for account, device in devices:
        sessions.add(cast(Any, Session(account, device)))
    DevicesOfNodes(NetOfTwo(node, wires), cast(Any, Nodes), sessions)
    return sessions


async def test_all_nodes_are_asked_and_one_that_is_away_is_not_waited_for() -> None:
    wires = Wires()
    here = live(wires, "a", ("ann", "phone"), ("bob", "desk"))
    live(wires, "b", ("ann", "tablet"), ("bob", "phone of bob"))
    live(wires, "c", ("ann", "laptop"))
    assert here.devices("ann") == {"phone"}
    assert await here.devices_anywhere("ann") == {"phone", "tablet", "laptop"}
    wires.down = {"c"}
    assert await here.devices_anywhere("ann") == {"phone", "tablet"}
    assert await here.devices_anywhere("nobody") == set()


async def test_an_answer_that_is_none_is_passed_over() -> None:
    wires = Wires()
    here = live(wires, "a", ("ann", "phone"))

    async def junk(_: bytes) -> bytes:
        return b"\xff"

    wires.answers[f"{SUBJECT}.b"] = junk
    assert await here.devices_anywhere("ann") == {"phone"}


async def test_a_server_that_is_alone_knows_all() -> None:
    sessions = LiveSessions()
    sessions.add(cast(Any, Session("ann", "phone")))
    assert await sessions.devices_anywhere("ann") == {"phone"}

"""One of three machines has a wrong clock: whoever chats notices nothing of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from e2e import shifted
from e2e.talking import Client, Refused
from e2e.town import Town
from three_nodes import ClusterNode, ThreeNodes, three_nodes
from websockets.exceptions import ConnectionClosed

from chatd.cluster.clocks import WRONG_CLOCK

pytestmark = pytest.mark.timeout(180)
HOUR, DAY = 3600, 86_400
PASSWORD = "a lantern over seven still ponds"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ThreeNodes]:
    folder = tmp_path_factory.mktemp("clocks")
    with three_nodes(folder) as cluster:
        for node in cluster.nodes:  # whichever leads
            node.server.program = (shifted.__file__,)
            node.server.settings[shifted.VARIABLE] = str(offset(node))
            set_clock(node, 0)
        cluster.start()
        yield cluster
        cluster.stop()
        for node in cluster.nodes:
            assert "Traceback" not in node.server.log.read_text()


def offset(node: ClusterNode) -> Path:
    return node.server.data.with_name(f"{node.name}.offset")


def set_clock(node: ClusterNode, seconds: int) -> None:
    new = offset(node).with_suffix(".new")
    new.write_text(str(seconds))
    new.replace(offset(node))


def leader(cluster: ThreeNodes) -> ClusterNode:
    with closing(Client.operator(cluster.nodes[0].server)) as operator:
        name = operator.ask("cluster.status")["leader"]
    return next(node for node in cluster.nodes if node.name == name)


def opened(node: ClusterNode, token: str) -> Client:
    client = Client.dial(node.server)
    client.open(token)
    return client


def wait_open(node: ClusterNode, token: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            opened(node, token).close()
        except (Refused, ConnectionClosed):
            assert time.monotonic() < deadline, node.server.output()
        else:
            return


@pytest.mark.parametrize("seconds", [HOUR, -HOUR, DAY, -DAY])
def test_a_clock_that_jumps_sends_clients_away_until_it_is_right(
    cluster: ThreeNodes, town: Town, seconds: int
) -> None:
    """Of the node that does for all what is to be done at a time."""
    room = town.room()
    who, node = town.member(room), leader(cluster)
    well = next(one for one in cluster.nodes if one is not node)
    here, there = opened(node, who.token), opened(well, who.token)
    kept = there.post(room, "for an hour", expires_in=HOUR + 600)["seq"]
    at = int(time.time() * 1000) + 1000 * (HOUR - 600)
    late = there.ask("message.schedule", room=room, text="later", post_at=at)["scheduled"]["id"]
    set_clock(node, seconds)
    try:
        assert here.wait_closed(30) == 1013
        with closing(Client.dial(node.server)) as client, pytest.raises(Refused, match="unavailable"):
            client.open(who.token)
        there.post(room, "the others go on")
        soon = int(time.time() * 1000) + 2500
        there.ask("message.schedule", room=room, text="in a second", post_at=soon)
        there.wait_event("message.posted", text="in a second")  # another one leads
        texts = [one["text"] for one in there.ask("room.history", room=room)["messages"]]
        assert texts == ["for an hour", "the others go on", "in a second"]
        assert [one["id"] for one in there.ask("message.scheduled")["scheduled"]] == [late]
        assert there.ask("message.get", room=room, seq=kept)["message"]["text"] == "for an hour"
        with closing(Client.operator(node.server)) as operator:
            problems = operator.ask("cluster.status")["problems"]
        assert any(WRONG_CLOCK in problem for problem in problems)
    finally:
        set_clock(node, 0)
    wait_open(node, who.token)
    there.close()


def test_a_node_that_starts_with_a_wrong_clock_serves_nobody_until_it_is_right(
    cluster: ThreeNodes, town: Town
) -> None:
    room = town.room()
    who, node = town.member(room), cluster.nodes[2]
    assert node.server.stop() == 0
    set_clock(node, DAY)
    cluster.start(node)
    try:
        with closing(Client.dial(node.server)) as client, pytest.raises(Refused, match="unavailable"):
            client.open(who.token)
    finally:
        set_clock(node, 0)
    wait_open(node, who.token)
    with closing(opened(node, who.token)) as client:
        client.post(room, "all is well")
        at = client.ask("room.history", room=room)["messages"][-1]["at"]
        assert abs(at / 1000 - time.time()) < 60

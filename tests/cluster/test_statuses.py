"""An admin is told what of a cluster is not well, also when hardly anything of it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

import pytest
import trio
from msgspec import structs
from trio.testing import MockClock

from chatd.clock import now
from chatd.cluster.heartbeats import Heard, Heartbeat
from chatd.cluster.statuses import APART, CLOCKS_APART, FAR_BEHIND, cluster_status
from chatd.contract.cluster import ClusterStatus
from chatd.nats.jetstream import Replica, StreamCluster, StreamConfig, StreamInfo, StreamState

SECOND = 10**9  # nanoseconds
STREAM = StreamInfo(
    StreamConfig("chatd_chatd", [], num_replicas=3),
    StreamState(90, 9000, 11, 100),
    StreamCluster("s0", [Replica("s1", True, active=SECOND // 3), Replica("s2", True, active=SECOND // 4)]),
)


def heartbeat(node: str, sequence: int = 100, **more: Any) -> Heartbeat:
    return Heartbeat(node, "life", 1, sequence, "", sequence, version="1.0", **more)


class Nodes:
    def __init__(self, *others: Heard) -> None:
        self._others = others

    def others(self) -> Iterator[Heard]:
        return iter(self._others)


def status(
    *others: Heard,
    info: StreamInfo | None = STREAM,
    troubles: Sequence[str] = (),
    own: Heartbeat | None = None,
    replicas: int = 3,
) -> ClusterStatus:
    heartbeats = cast(Any, Nodes(*others))
    return cluster_status(
        "chatd", replicas, own or heartbeat("a"), heartbeats, ["a", "b", "c"], info, "a", 1, 7, troubles
    )


def well(node: str, **more: Any) -> Heard:
    return Heard(heartbeat(node, **more), 0.0)


def test_a_cluster_that_is_well_has_no_problem() -> None:
    found = status(well("b"), well("c"))
    assert found.problems == []
    assert [(node.name, node.state, node.lag) for node in found.nodes] == [
        ("a", "serving", 0),
        ("b", "serving", 0),
        ("c", "serving", 0),
    ]
    assert [one.server for one in found.stream.replicas] == ["s0", "s1", "s2"]


@pytest.mark.parametrize(
    "cluster",
    [
        StreamCluster("", [Replica("s1", True, active=SECOND), Replica("s2", True, active=SECOND)]),
        StreamCluster("s0", [Replica("s1", True, active=9 * SECOND), Replica("s2", active=9 * SECOND)]),
    ],
    ids=["no leader", "a leader that hears nobody"],
)
def test_one_server_of_the_stream_that_answers_without_the_others_is_a_problem(
    cluster: StreamCluster,
) -> None:
    found = status(well("b"), well("c"), info=structs.replace(STREAM, cluster=cluster))
    assert found.problems[0] == APART


def test_a_stream_that_does_not_answer_is_a_problem_beside_the_others() -> None:
    """And not all that is said: an admin asks just then."""
    found = status(well("b", sequence=99), info=None, troubles=["no NATS server can be had: it refuses"])
    assert found.problems[0] == "no NATS server can be had: it refuses"
    assert "the node c is not heard" in found.problems[1]
    assert found.stream.replicas == []
    assert [node.lag for node in found.nodes] == [0, 1, 0]


def test_a_node_that_serves_nobody_is_a_problem() -> None:
    [problem] = status(well("b", serving=False), well("c")).problems
    assert "the node b serves nobody" in problem


def test_what_this_node_lacks_is_said_once() -> None:
    found = status(well("b"), well("c"), own=heartbeat("a", serving=False), troubles=["nothing was heard"])
    assert found.problems == ["nothing was heard"]


async def test_clocks_that_differ_are_a_problem(autojump_clock: MockClock) -> None:
    """Also the clock of this node, which may have been set since the others were heard."""

    def heard(node: str, ahead: int) -> Heard:
        return Heard(heartbeat(node, at=now() + ahead), trio.current_time())

    [found] = status(heard("b", 3_600_000), heard("c", CLOCKS_APART // 2)).problems
    assert found.startswith("the clock of the node b is 3600 s before this one's")
    [found] = status(heard("b", 0), heard("c", -60_000)).problems
    assert "c is 60 s behind" in found
    before = heard("b", 0), heard("c", 0)
    await trio.sleep(3600)  # which the clock did not go on meanwhile
    found = "\n".join(status(*before).problems)
    assert "b is 3600 s before" in found
    assert "c is 3600 s before" in found


def test_a_server_that_is_far_behind_is_a_problem_and_so_are_servers_that_lack_some() -> None:
    state = StreamState(90, 9000, 11, 100 + FAR_BEHIND + 1)
    lacks = StreamInfo(STREAM.config, state, StreamCluster("s0", [Replica("s1", False, active=SECOND)]))
    found = status(well("b", sequence=state.last_seq), well("c", sequence=state.last_seq), info=lacks)
    assert ["the node a is 1001 messages" in found.problems[0], "s1 lacks some" in found.problems[1]] == [
        True,
        True,
    ]


def of_config(**changes: Any) -> list[str]:
    info = structs.replace(STREAM, config=structs.replace(STREAM.config, **changes))
    return list(status(well("b"), well("c"), info=info).problems)


def test_a_stream_that_is_kept_on_fewer_servers_than_it_should_is_a_problem() -> None:
    [found] = of_config(num_replicas=1)
    assert "kept on 1 NATS server, and cluster_replicas is 3; it is spread within a minute" in found
    assert of_config(num_replicas=5) == []
    alone = structs.replace(STREAM, config=structs.replace(STREAM.config, num_replicas=1))
    [found] = status(well("b"), well("c"), info=alone, replicas=1).problems
    assert "with three servers set cluster_replicas = 3" in found


@pytest.mark.parametrize(
    "limits",
    [
        {"max_age": SECOND},
        {"max_msgs": 10, "discard": "old"},
        {"max_bytes": 10, "discard": "old"},
        {"max_msgs_per_subject": 10, "discard": "old"},
    ],
    ids=lambda limits: next(iter(limits)),
)
def test_a_stream_that_drops_by_itself_what_a_node_may_need_is_a_problem(limits: dict[str, Any]) -> None:
    """Somebody has edited it."""
    [found] = of_config(**limits)
    assert f"has {next(iter(limits))}, so it drops" in found
    assert of_config(max_bytes=10, discard="new") == []  # it takes nothing more, and says so

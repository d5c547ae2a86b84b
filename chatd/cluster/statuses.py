"""What an admin is told of the cluster, and what of it is not well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from chatd.cluster.heartbeats import Heard, Heartbeat, Heartbeats
from chatd.contract.cluster import ClusterNode, ClusterReplica, ClusterStatus, ClusterStream, NodeState
from chatd.nats.jetstream import AGREED, StreamConfig, StreamInfo

FAR_BEHIND: Final = 1000  # messages of the stream
LARGE: Final = 10 * 2**30  # bytes
CLOCKS_APART: Final = 2000  # milliseconds
APART: Final = (
    "most of the NATS servers that keep the stream are not heard, so nothing can be written, and what is"
    " shown of it is what one of them has; look at the network between them (port 6222), and start those"
    " that are away"
)
NO_STREAM: Final = ClusterStream(messages=0, bytes=0, first=0, last=0, replicas=[])


def cluster_status(
    name: str,
    replicas: int,
    own: Heartbeat,
    heartbeats: Heartbeats,
    belonging: Sequence[str],
    info: StreamInfo | None,
    leader: str,
    level: int,
    key: int,
    troubles: Sequence[str],
) -> ClusterStatus:
    """`replicas`: on how many servers the stream should be kept. `info` None: it does not answer, for one of
    the `troubles` that this node has."""
    there = {own.node: own, **{heard.heartbeat.node: heard.heartbeat for heard in heartbeats.others()}}
    last = max(heartbeat.sequence for heartbeat in there.values()) if info is None else info.state.last_seq
    nodes = [
        _node(node, there.get(node), last, here=node == own.node) for node in sorted({*belonging, *there})
    ]
    stream = NO_STREAM if info is None else _stream(info)
    problems = [
        *troubles,
        *([APART] if info is not None and info.agreed > AGREED else []),
        *_of_nodes(nodes),
        *_of_clocks(heartbeats.others()),
        *(() if info is None else _of_stream(stream, info.config, replicas)),
    ]
    return ClusterStatus(
        name=name,
        node=own.node,
        leader=leader,
        level=level,
        key=key,
        nodes=nodes,
        stream=stream,
        problems=problems,
    )


def _node(name: str, heartbeat: Heartbeat | None, last: int, here: bool) -> ClusterNode:
    if heartbeat is None:
        return ClusterNode(name=name, here=here, state="away", sequence=0, lag=0, level=0, version="", url="")
    state: NodeState = "leaving" if heartbeat.leaving else "serving" if heartbeat.serving else "cut_off"
    return ClusterNode(
        name=name,
        here=here,
        state=state,
        sequence=heartbeat.sequence,
        lag=max(0, last - heartbeat.sequence),
        level=heartbeat.level,
        version=heartbeat.version,
        url=heartbeat.url,
    )


def _stream(info: StreamInfo) -> ClusterStream:
    cluster = info.cluster
    replicas = [ClusterReplica(server=cluster.leader, leader=True, current=True)] if cluster.leader else []
    replicas += [
        ClusterReplica(server=one.name, leader=False, current=one.current and not one.offline)
        for one in cluster.replicas
    ]
    state = info.state
    return ClusterStream(
        messages=state.messages,
        bytes=state.bytes,
        first=state.first_seq,
        last=state.last_seq,
        replicas=replicas,
    )


def _of_nodes(nodes: Sequence[ClusterNode]) -> Iterator[str]:
    for node in nodes:
        if node.state == "away":
            yield (
                f"the node {node.name} is not heard; start it, or if it does not come back,"
                f" `chatctl cluster leave {node.name}`"
            )
        elif node.state == "cut_off" and not node.here:
            yield (
                f"the node {node.name} serves nobody: it is starting, or has lost touch with the cluster;"
                " `chatctl cluster doctor` says there what it lacks"
            )
        elif node.lag > FAR_BEHIND:
            yield f"the node {node.name} is {node.lag} messages behind; look at its disk and its load"
    versions = {node.version for node in nodes if node.version}
    if len(versions) > 1:
        yield f"the nodes have different versions: {', '.join(sorted(versions))}; finish the upgrade"


def _of_clocks(others: Iterable[Heard]) -> Iterator[str]:
    for heard in others:
        if abs(heard.ahead) > CLOCKS_APART:
            how = "before" if heard.ahead > 0 else "behind"
            yield (
                f"the clock of the node {heard.heartbeat.node} is {abs(heard.ahead) / 1000:.0f} s {how} this"
                " one's, so people are signed out and times are wrong; have all machines follow NTP"
            )


def _of_stream(stream: ClusterStream, config: StreamConfig, wanted: int) -> Iterator[str]:
    kept = config.num_replicas
    if kept < wanted:
        yield (
            f"the stream is kept on {kept} NATS server{'s' if kept > 1 else ''}, and cluster_replicas is"
            f" {wanted}; it is spread within a minute once so many servers run"
        )
    elif kept == 1:
        yield (
            "the stream is kept on one NATS server only, so that machine must not be lost; with three servers"
            " set cluster_replicas = 3"
        )
    if limits := _dropping(config):
        yield (
            f"the stream has {', '.join(limits)}, so it drops what a node that is away still needs, and that"
            f" must begin with an empty folder then; take it out with `nats stream edit {config.name}`"
        )
    for replica in stream.replicas:
        if not replica.current:
            yield (
                f"the NATS server {replica.server} lacks some of the stream; look at its disk, or start it,"
                " or a new one of its name with an empty disk"
            )
    if stream.bytes > LARGE:
        yield (
            f"the stream has grown to {stream.bytes // 2**30} GiB; start all nodes and make a backup, and it"
            " is trimmed"
        )


def _dropping(config: StreamConfig) -> list[str]:
    """Settings by which the stream drops messages itself. chatd makes none, and trims it once all nodes have
    what is dropped."""
    most = {
        "max_msgs": config.max_msgs,
        "max_bytes": config.max_bytes,
        "max_msgs_per_subject": config.max_msgs_per_subject,
    }
    full = [name for name, limit in most.items() if limit > 0 and config.discard == "old"]
    return [*full, *(["max_age"] if config.max_age else ())]

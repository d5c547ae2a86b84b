"""Several servers that share one log: the nodes of a cluster."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command, query

NodeName = Annotated[str, Meta(min_length=1, max_length=32)]
NodeState = Literal["serving", "cut_off", "leaving", "away"]


class GetClusterStatus(Struct, frozen=True):
    pass


class RemoveNode(Struct, frozen=True):
    node: NodeName


class ClusterNode(Struct, frozen=True, kw_only=True):
    """`away`: a node that belongs to the cluster and is not heard. `lag`: messages of the stream that it has
    not applied. `level`: of what it can read; `version` of chatd; `url` for clients."""

    name: str
    here: bool
    state: NodeState
    sequence: int
    lag: int
    level: int
    version: str
    url: str


class ClusterReplica(Struct, frozen=True, kw_only=True):
    """A NATS server that keeps the stream. `current`: it has everything."""

    server: str
    leader: bool
    current: bool


class ClusterStream(Struct, frozen=True, kw_only=True):
    """Messages from `first` to `last`, `bytes` in all."""

    messages: int
    bytes: int
    first: int
    last: int
    replicas: list[ClusterReplica]


class ClusterStatus(Struct, frozen=True, kw_only=True):
    """`leader` is the node whose workers run; `level` what all nodes can read; `key`: how often the cluster's
    key has been changed. `problems`: sentences for the admin."""

    name: str
    node: str
    leader: str
    level: int
    key: int
    nodes: list[ClusterNode]
    stream: ClusterStream
    problems: list[str]


REQUESTS: tuple[RequestType, ...] = (
    query(
        "cluster.status",
        GetClusterStatus,
        ClusterStatus,
        doc="The nodes that share the log, how far each is, and the stream between them.",
        http=Http("GET", "/cluster"),
        scope="never",
        asker="operator",
        refusals=("conflict",),
        notes=("`conflict`: the server is alone.",),
    ),
    command(
        "cluster.remove_node",
        RemoveNode,
        doc="Forgets a node that does not come back, so that nothing is kept for it.",
        http=Http("DELETE", "/cluster/nodes/{node}"),
        scope="never",
        asker="operator",
        refusals=("not_found", "conflict"),
        notes=(
            "`conflict`: the server is alone, or the node is there: stop it first. A node that was removed"
            " and comes back joins again.",
        ),
    ),
)

"""Handlers of `cluster.…`: the nodes that share the log."""

from __future__ import annotations

from typing import Final

import msgspec

from chatd.contract.cluster import ClusterStatus, GetClusterStatus, RemoveNode
from chatd.contract.errors import Refusal
from chatd.contract.spec import DONE, Done
from chatd.ports import Caller, Cluster

ALONE: Final = Refusal(
    "conflict", "this server is alone; with the setting cluster_servers it is one node of several"
)
NO_SUCH_NODE: Final = Refusal("not_found", "the cluster has no such node; `chatctl cluster status` lists all")
THERE: Final = Refusal("conflict", "this node is running; stop it first, then remove it")


class ClusterHandlers(msgspec.Struct, frozen=True, eq=False):
    cluster: Cluster | None

    async def status(self, caller: Caller, query: GetClusterStatus) -> ClusterStatus | Refusal:
        return ALONE if self.cluster is None else await self.cluster.status()

    async def remove_node(self, caller: Caller, command: RemoveNode) -> Done | Refusal:
        if self.cluster is None:
            return ALONE
        match await self.cluster.forget(command.node):
            case None:
                return THERE
            case False:
                return NO_SUCH_NODE
        return DONE

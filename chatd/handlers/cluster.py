"""Handlers of `cluster.…`: the nodes that share the log."""

from __future__ import annotations

from typing import Final

import msgspec

from chatd.contract.cluster import ClusterStatus, GetClusterStatus, RemoveNode
from chatd.contract.errors import Refusal
from chatd.contract.spec import DONE, Done
from chatd.ports import BlobMissing, Blobs, BlobsUnavailable, Caller, Cluster, Reader

ALONE: Final = Refusal(
    "conflict", "this server is alone; with the setting cluster_servers it is one node of several"
)
NO_SUCH_NODE: Final = Refusal("not_found", "the cluster has no such node; `chatctl cluster status` lists all")
OTHER_FILES: Final = (
    "this node lacks files that others have taken, so people do not get them here; mount the disk of the"
    " others as the folder `files` in its data folder, or set files_store to s3"
)
FILES_LOOKED_FOR: Final = 20
THERE: Final = Refusal("conflict", "this node is running; stop it first, then remove it")


class ClusterHandlers(msgspec.Struct, frozen=True, eq=False):
    cluster: Cluster | None
    reader: Reader
    blobs: Blobs

    async def status(self, caller: Caller, query: GetClusterStatus) -> ClusterStatus | Refusal:
        if self.cluster is None:
            return ALONE
        status = await self.cluster.status()
        if await self._lacks_files():
            return msgspec.structs.replace(status, problems=[*status.problems, OTHER_FILES])
        return status

    async def _lacks_files(self) -> bool:
        """Whether the folder of files, which is said to be that of all nodes, is another one."""
        for row in await self.reader.blobs_after("", FILES_LOOKED_FOR):
            try:
                await self.blobs.open(row["hash"])
            except BlobMissing:
                return True
            except BlobsUnavailable:
                return False  # it is not known
        return False

    async def remove_node(self, caller: Caller, command: RemoveNode) -> Done | Refusal:
        if self.cluster is None:
            return ALONE
        match await self.cluster.forget(command.node):
            case None:
                return THERE
            case False:
                return NO_SUCH_NODE
        return DONE

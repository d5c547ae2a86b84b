"""The cluster, as far as those who answer its admins must know it."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from chatd.contract.cluster import ClusterStatus


class ClusterCounts(Struct, frozen=True):
    """`nodes` that are heard, this one included; what this one has not applied, in messages and seconds;
    since the start: proposals, those sent again, commands handed to other nodes, changes of the nodes."""

    nodes: int = 1
    lag: int = 0
    lag_seconds: float = 0.0
    proposals: int = 0
    resent: int = 0
    commands: int = 0
    changes: int = 0
    cut_off: bool = False


class Cluster(Protocol):
    def counts(self) -> ClusterCounts: ...
    def leads(self) -> bool:
        """Whether this node is the one that does what one does for all."""

    async def status(self) -> ClusterStatus:
        """Raises StoreUnavailable."""

    async def forget(self, node: str) -> bool | None:
        """True: it is forgotten; False: there is no such node; None: it is there. Raises StoreUnavailable."""

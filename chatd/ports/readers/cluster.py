"""Questions about the cluster that the database belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct


class Proposed(Struct, frozen=True):
    """The stream has been applied up to `sequence`. `by`: the number and the sequence of each proposer's last
    proposal."""

    sequence: int
    by: Mapping[str, tuple[int, int]]


class ClusterReader(Protocol):
    async def proposed(self) -> Proposed: ...
    async def nodes(self) -> list[str]:
        """The names of those that belong to the cluster, in their order."""

    async def cluster_level(self) -> int:
        """What all nodes can read."""

    async def cluster_key(self) -> tuple[int, bytes] | None:
        """Number and secret; None: the database belongs to no cluster."""

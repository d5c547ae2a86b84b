"""Which node decides the commands of a stream: the same one for all who know the same nodes.

Rendezvous hashing (Thaler and Ravishankar, 1998): when a node goes, only what it owned moves. That two nodes
own a stream for a moment is slow and does no harm: the log lets one of them in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Final

from chatd.cluster.heartbeats import Heartbeats

REMEMBERED: Final = 100_000  # streams
LEADS: Final = "cluster/leader"  # what the node that leads owns


def owner_of(stream: str, nodes: Sequence[str]) -> str | None:
    """None: there is no node."""
    return max(nodes, key=lambda node: _weight(node, stream), default=None)


def _weight(node: str, stream: str) -> bytes:
    return blake2b(stream.encode(), key=node.encode()[:64], digest_size=8).digest()


class Owners:
    """Of the nodes that can decide; `name`: of this one."""

    def __init__(self, name: str, heartbeats: Heartbeats) -> None:
        self._name = name
        self._heartbeats = heartbeats
        self._owners: dict[str, str] = {}

    @property
    def leader(self) -> str | None:
        """The node that does what one does for all."""
        return owner_of(LEADS, self._heartbeats.able)

    def leads(self) -> bool:
        """Whether it is this one."""
        return self.leader == self._name

    def owner(self, stream: str) -> tuple[str, str] | None:
        """Node and life of the stream's owner; None: it is this node, or nobody else can decide."""
        node = self._owner(stream)
        if node is None or node == self._name:
            return None
        life = self._heartbeats.life(node)
        return None if life is None else (node, life)

    def able(self, owner: tuple[str, str]) -> bool:
        """Whether this life of a node can decide still, be it the owner or not."""
        return self._heartbeats.at_work(*owner)

    def changed(self) -> Callable[[str], bool]:
        """To be called when the nodes have changed. What it gives tells of a stream whether it was another
        node's, and is this one's from now on."""
        before, self._owners = self._owners, {}
        return lambda stream: (
            before.get(stream) not in (None, self._name) and self._owner(stream) == self._name
        )

    def _owner(self, stream: str) -> str | None:
        node = self._owners.get(stream)
        if node is None:
            if len(self._owners) >= REMEMBERED:
                self._owners.clear()
            node = owner_of(stream, self._heartbeats.able)
            if node is not None:
                self._owners[stream] = node
        return node

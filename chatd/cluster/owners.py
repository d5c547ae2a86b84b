"""Which node decides the commands of a stream: the same one for all who know the same nodes.

Rendezvous hashing (Thaler and Ravishankar, 1998): when a node goes, only what it owned moves. That two nodes
own a stream for a moment is slow and does no harm: the log lets one of them in.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b


def owner_of(stream: str, nodes: Sequence[str]) -> str | None:
    """None: there is no node."""
    return max(nodes, key=lambda node: _weight(node, stream), default=None)


def _weight(node: str, stream: str) -> bytes:
    return blake2b(stream.encode(), key=node.encode()[:64], digest_size=8).digest()

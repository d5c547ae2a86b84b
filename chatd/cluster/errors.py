"""What keeps a server from being a node of a cluster."""

from __future__ import annotations

from typing import Final

from chatd.ports import StoreError

LEAST_PAYLOAD: Final = 4 * 2**20  # bytes that a message of the NATS servers must be allowed to have
STREAM_LOST: Final = "all nodes still have everything: see docs/several-nodes.md, When the stream is lost"


def too_small(payload: int) -> str:
    return f"the NATS servers take messages of {payload} bytes at most; set `max_payload: 8MB` there"


def stream_gone(cluster: str) -> str:
    return f"the stream of the cluster {cluster} is gone from the NATS servers; {STREAM_LOST}"


class ClusterError(StoreError):
    """Why this server cannot be, or stay, a node of the cluster; the text says what to do."""


class TooOld(ClusterError):
    """What all nodes can read is more than this chatd can."""

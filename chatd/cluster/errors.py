"""What keeps a server from being a node of a cluster."""

from __future__ import annotations

from chatd.ports import StoreError


class ClusterError(StoreError):
    """Why this server cannot be, or stay, a node of the cluster; the text says what to do."""

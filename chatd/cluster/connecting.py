"""Connects a server with the NATS servers of its cluster."""

from __future__ import annotations

import platform
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chatd.cluster.broker import Broker
from chatd.cluster.nats_servers import client_of, connected_client
from chatd.cluster.node import Node
from chatd.settings import Settings


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Node]:
    """A node that speaks with the NATS servers of the settings. Raises StoreError."""
    name = settings.cluster_node or node_name(platform.node())
    client = client_of(
        settings.cluster_servers,
        f"chatd {settings.cluster_name}/{name}",
        settings.cluster_credentials,
        settings.cluster_ca,
    )
    async with connected_client(client, settings.cluster_monitors) as nursery:
        yield Node(name, settings, Broker(settings.cluster_name, name, client, nursery), nursery)


def node_name(machine: str) -> str:
    """Of one that is named as its machine."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", machine)[:32] or "node"

"""Connects a server with the NATS servers of its cluster."""

from __future__ import annotations

import platform
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chatd.cluster.broker import Broker
from chatd.cluster.errors import ClusterError
from chatd.cluster.nats_servers import connected_client
from chatd.cluster.node import Node
from chatd.nats.client import Client
from chatd.nats.credentials import CredentialsError, read_file
from chatd.settings import Settings


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Node]:
    """A node that speaks with the NATS servers of the settings. Raises StoreError."""
    try:
        credentials = read_file(settings.cluster_credentials) if settings.cluster_credentials else None
        tls = ssl.create_default_context(cafile=settings.cluster_ca) if settings.cluster_ca else None
    except (CredentialsError, OSError) as error:
        raise ClusterError(f"the cluster's servers cannot be spoken to: {error}") from error
    name = settings.cluster_node or node_name(platform.node())
    client = Client(
        settings.cluster_servers,
        name=f"chatd {settings.cluster_name}/{name}",
        credentials=credentials,
        tls=tls,
    )
    async with connected_client(client, settings.cluster_monitors) as nursery:
        yield Node(name, settings, Broker(settings.cluster_name, name, client, nursery), nursery)


def node_name(machine: str) -> str:
    """Of one that is named as its machine."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", machine)[:32] or "node"

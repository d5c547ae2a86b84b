"""Connects a server with the NATS servers of its cluster, which must be as a cluster needs them."""

from __future__ import annotations

import platform
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import trio

from chatd.cluster.broker import Broker
from chatd.cluster.errors import LEAST_PAYLOAD, ClusterError, too_small
from chatd.cluster.monitors import refuse_unsynced
from chatd.cluster.node import Node
from chatd.nats.client import CannotConnect, Client
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
    name = settings.cluster_node or _word(platform.node())
    client = Client(
        settings.cluster_servers,
        name=f"chatd {settings.cluster_name}/{name}",
        credentials=credentials,
        tls=tls,
    )
    async with trio.open_nursery() as nursery:
        try:
            await nursery.start(client.run)
        except CannotConnect as error:
            raise ClusterError(str(error)) from error
        if client.info.max_payload < LEAST_PAYLOAD:
            raise ClusterError(too_small(client.info.max_payload))
        await trio.to_thread.run_sync(partial(refuse_unsynced, settings.cluster_monitors))
        yield Node(name, settings, Broker(settings.cluster_name, name, client, nursery), nursery)
        nursery.cancel_scope.cancel()


def _word(text: str) -> str:
    return "".join(character if character.isalnum() or character in "-_" else "-" for character in text)[:32]

"""Tries NATS servers, before a server becomes a node: whether it could, and whether the cluster exists."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from chatd.cluster.errors import ClusterError
from chatd.cluster.nats_servers import client_of, connected_client
from chatd.nats.client import NatsError
from chatd.nats.jetstream import NO_STREAM, ApiError, JetStream


class Tried(Struct, frozen=True):
    """`servers`: how many there are, as far as the one that was asked knows."""

    exists: bool
    version: str
    servers: int


async def try_servers(
    servers: Sequence[str], monitors: Sequence[str], name: str, credentials: str | None, ca: str | None
) -> Tried:
    """Raises StoreError: no server could be a node there."""
    files = (Path(path) if path else None for path in (credentials, ca))
    try:
        client = client_of(servers, f"chatctl {name}", *files)
    except ValueError as error:
        raise ClusterError(f"an address is nats://HOST:PORT: {error}") from error
    async with connected_client(client, monitors):
        try:
            info = await JetStream(client).stream_info(f"chatd_{name}")
            exists, count = True, info.config.num_replicas
        except ApiError as error:
            if error.code != NO_STREAM:
                raise ClusterError(f"JetStream does not answer: {error}") from error
            exists, count = False, max(len(servers), len(client.info.connect_urls))
        except NatsError as error:
            raise ClusterError(f"JetStream does not answer: {error}") from error
    return Tried(exists, client.info.version, count)

"""Tries NATS servers, before a server becomes a node: whether it could, and whether the cluster exists."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import trio
from msgspec import Struct

from chatd.cluster.errors import LEAST_PAYLOAD, too_small
from chatd.cluster.monitors import refuse_unsynced
from chatd.nats.client import CannotConnect, Client, NatsError
from chatd.nats.credentials import CredentialsError, read_file
from chatd.nats.jetstream import NO_STREAM, ApiError, JetStream
from chatd.ports import StoreError


class CannotJoin(StoreError):
    """Why no server could be a node there."""


class Tried(Struct, frozen=True):
    """`servers`: how many there are, as far as the one that was asked knows."""

    exists: bool
    version: str
    servers: int


async def try_servers(
    servers: Sequence[str], monitors: Sequence[str], name: str, credentials: str | None, ca: str | None
) -> Tried:
    """Raises CannotJoin, StoreError."""
    try:
        known = read_file(Path(credentials)) if credentials else None
        tls = ssl.create_default_context(cafile=ca) if ca else None
        client = Client(servers, name=f"chatctl {name}", credentials=known, tls=tls)
    except CredentialsError as error:
        raise CannotJoin(str(error)) from error
    except OSError as error:
        raise CannotJoin(f"{ca} holds no certificates: {error}") from error
    except ValueError as error:
        raise CannotJoin(f"an address is nats://HOST:PORT: {error}") from error
    async with trio.open_nursery() as nursery:
        try:
            await nursery.start(client.run)
        except CannotConnect as error:
            raise CannotJoin(str(error)) from error
        if client.info.max_payload < LEAST_PAYLOAD:
            raise CannotJoin(too_small(client.info.max_payload))
        await trio.to_thread.run_sync(partial(refuse_unsynced, monitors))
        try:
            info = await JetStream(client).stream_info(f"chatd_{name}")
            exists, count = True, info.config.num_replicas
        except ApiError as error:
            if error.code != NO_STREAM:
                raise CannotJoin(f"JetStream does not answer: {error}") from error
            exists, count = False, max(len(servers), len(client.info.connect_urls))
        except NatsError as error:
            raise CannotJoin(f"JetStream does not answer: {error}") from error
        nursery.cancel_scope.cancel()
    return Tried(exists, client.info.version, count)

"""A connection with the NATS servers of a cluster, which are checked before anything is asked of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import trio

from chatd.cluster.errors import LEAST_PAYLOAD, ClusterError, too_small
from chatd.cluster.monitors import refuse_unsynced
from chatd.nats.client import CannotConnect, Client
from chatd.nats.credentials import Credentials, CredentialsError, believing, read_file


def client_of(servers: Sequence[str], name: str, credentials: Path | None, ca: Path | None) -> Client:
    """`credentials`: a file that says who it is; `ca`: one that says whom it believes. Both are read for each
    connection, but must be good now. Raises ClusterError, and ValueError where a server's address is none."""
    who = Credentials if credentials is None else partial(read_file, credentials)
    tls = None if ca is None else partial(believing, ca)
    try:
        who()
        if tls is not None:
            tls()
    except CredentialsError as error:
        raise ClusterError(str(error)) from error
    return Client(servers, name=name, credentials=who, tls=tls)


@asynccontextmanager
async def connected_client(client: Client, monitors: Sequence[str]) -> AsyncIterator[trio.Nursery]:
    """Within, the client is connected, and runs in the nursery that this gives. Raises ClusterError, also for
    servers on which a cluster could lose something."""
    async with trio.open_nursery() as nursery:
        try:
            await nursery.start(client.run)
        except CannotConnect as error:
            raise ClusterError(str(error)) from error
        if client.info.max_payload < LEAST_PAYLOAD:
            raise ClusterError(too_small(client.info.max_payload))
        await trio.to_thread.run_sync(partial(refuse_unsynced, monitors))
        yield nursery
        nursery.cancel_scope.cancel()

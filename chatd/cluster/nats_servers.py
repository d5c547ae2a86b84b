"""The NATS servers of a cluster, which must be as a cluster needs them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

import trio

from chatd.cluster.errors import LEAST_PAYLOAD, ClusterError, too_small
from chatd.cluster.monitors import refuse_unsynced
from chatd.nats.client import CannotConnect, Client


@asynccontextmanager
async def spoken_to(client: Client, monitors: Sequence[str]) -> AsyncIterator[trio.Nursery]:
    """The client is connected with them for the block, and runs in its nursery. Raises StoreError."""
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

"""A stream for as long as something is spoken on it: its tasks, a peer that goes, what is left to write."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import trio

from chatd.gateway.net.stream import SocketStream


@asynccontextmanager
async def stream_tasks(stream: SocketStream) -> AsyncIterator[trio.Nursery]:
    """The nursery of its tasks, which end with the block. That the peer is gone ends the block; what was
    written is sent afterwards, as far as the peer takes it."""
    try:
        async with trio.open_nursery() as nursery:
            stream.spawn = nursery.start_soon
            try:
                yield nursery
                nursery.cancel_scope.cancel()
            finally:
                stream.spawn = None  # others write to it at any time, also when the nursery has closed
    except* (trio.BrokenResourceError, trio.ClosedResourceError):
        pass
    finally:
        with trio.CancelScope(shield=True):
            await stream.linger()

"""Writes, once per turn of the event loop, what was queued for any connection in that turn."""

from __future__ import annotations

from typing import Protocol

import trio

from chatd.concurrency.wakeup import Wakeup
from chatd.log import log


class Flushable(Protocol):
    def flush(self) -> None:
        """Writes what is queued. Must not wait."""

    def abort(self) -> None:
        """Ends the connection."""


class Flusher:
    """One task for all connections. It waits one turn longer than it must, so that the reply to a post and
    the event that the post caused leave in one system call."""

    def __init__(self) -> None:
        self._scheduled: list[Flushable] = []
        self._arrived = Wakeup()

    def add(self, stream: Flushable) -> None:
        self._scheduled.append(stream)
        self._arrived.wake()

    async def run(self) -> None:
        """Runs forever."""
        while True:
            if not self._scheduled:
                await self._arrived.wait()
            await trio.lowlevel.cancel_shielded_checkpoint()
            scheduled, self._scheduled = self._scheduled, []
            for stream in scheduled:
                try:
                    stream.flush()
                except Exception:  # one connection that crashes must not end the others
                    log.exception("connection_crashed")
                    stream.abort()

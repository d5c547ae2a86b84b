"""SIGTERM and SIGINT: the server stops.

A start that they meet ends where it is. It may wait for others: a node of a cluster for a copy of the
database, or for NATS servers that are away.

A loop that broke inside, as for want of memory, cancels everything; but what waits for other threads then may
never hear of them, and would keep a process that serves nobody, which no service manager starts anew.
"""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import trio

from chatd.log import log

STOPPING: Final = (signal.SIGTERM, signal.SIGINT)
BROKEN: Final = 10  # seconds for a server to end whose loop broke


class Stop:
    """Whether the server was told to stop."""

    def __init__(self) -> None:
        self._asked = trio.Event()
        self._start = trio.CancelScope()
        self._serving = False
        self._over = False

    def serve(self) -> None:
        """The start is over. From here on nothing is cancelled: who waits for `asked` ends what runs."""
        self._serving = True

    async def asked(self) -> None:
        """Returns when it was."""
        await self._asked.wait()

    async def _watch(self, signals: AsyncIterator[object]) -> None:
        try:
            await anext(signals)
        except trio.Cancelled:
            if not self._over:  # else nobody cancels this but trio
                signal.alarm(BROKEN)  # takes no memory and no thread, of which there may be none
                log.error("loop_broke", ends_within=BROKEN)
            raise
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)  # once is enough; what follows takes its time
        self._asked.set()
        if not self._serving:
            self._start.cancel()


@asynccontextmanager
async def stop_asked() -> AsyncIterator[Stop]:
    """Ends the block when the server is told to stop while it starts."""
    with trio.open_signal_receiver(*STOPPING) as signals:
        async with trio.open_nursery() as nursery:
            stop = Stop()
            nursery.start_soon(stop._watch, signals)
            try:
                with stop._start:
                    yield stop
            finally:
                stop._over = True
                nursery.cancel_scope.cancel()

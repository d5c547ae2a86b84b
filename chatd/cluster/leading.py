"""Workers that act on the log for everybody run on one node at a time: the one that leads.

That two lead for a moment, while they learn of each other, does no harm: what workers write is written once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import trio

from chatd.actors.runtime.supervisor import Actor
from chatd.cluster.heartbeats import Heartbeats

LED_WORKERS: Final = frozenset(
    {"scheduler", "message erasure", "file collector", "retention", "notifier", "pusher", "backup schedule"}
)


class LedWorker:
    """The worker, while `leads` says so."""

    def __init__(self, worker: Actor, leads: Callable[[], bool], heartbeats: Heartbeats) -> None:
        self.name = worker.name
        self._worker = worker
        self._leads = leads
        self._changed = trio.Event()
        heartbeats.watch(self._look)

    @property
    def restarts(self) -> int:
        return self._worker.restarts

    @restarts.setter
    def restarts(self, count: int) -> None:
        self._worker.restarts = count

    @property
    def healthy(self) -> bool:
        return self._worker.healthy

    @healthy.setter
    def healthy(self, value: bool) -> None:
        self._worker.healthy = value

    def failed(self, given_up: bool) -> None:
        self._worker.failed(given_up)

    def _look(self) -> None:
        self._changed.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            self._changed = trio.Event()
            if not self._leads():
                self.healthy = True
                await self._changed.wait()
                continue
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._worker.run)
                while self._leads():
                    await self._changed.wait()
                    self._changed = trio.Event()
                nursery.cancel_scope.cancel()

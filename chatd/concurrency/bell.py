"""Wakes all that wait for something to have changed; they look for themselves what it was.

`chatd.concurrency.wakeup` is for one task, and costs less.
"""

from __future__ import annotations

import trio


class Bell:
    def __init__(self) -> None:
        self._rung = trio.Event()

    def ring(self) -> None:
        self._rung.set()
        self._rung = trio.Event()

    async def wait(self) -> None:
        await self._rung.wait()

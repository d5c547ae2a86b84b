"""Turns: who reads something and writes what follows from it goes alone, for each key by itself.

Nothing process-wide is locked: what belongs to one account waits only for that account.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

import trio


class Turns:
    """One turn at a time for each key, first come, first served. A key that nobody uses takes no memory."""

    def __init__(self) -> None:
        self._locks: dict[Hashable, trio.Lock] = {}

    def __len__(self) -> int:
        return len(self._locks)

    @asynccontextmanager
    async def of(self, key: Hashable) -> AsyncIterator[None]:
        lock = self._locks.setdefault(key, trio.Lock())
        try:
            async with lock:
                yield
        finally:
            statistics = lock.statistics()
            if not (statistics.locked or statistics.tasks_waiting) and self._locks.get(key) is lock:
                del self._locks[key]

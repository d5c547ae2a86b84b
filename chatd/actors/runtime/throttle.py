"""A delay queue, and a throttle that is made of it.

Each is one task that its owner starts, and holds only the keys that wait.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

import trio

from chatd.concurrency.wakeup import Wakeup

Key = TypeVar("Key", bound=Hashable)


class DelayQueue(Generic[Key]):
    """Calls `callback` with each key, `seconds` after it was last put in."""

    def __init__(self, seconds: float, callback: Callable[[Key], None]) -> None:
        self.seconds = seconds
        self._callback = callback
        self._due: dict[Key, float] = {}  # ordered by time, because all wait equally long
        self._arrived = Wakeup()

    def __contains__(self, key: Key) -> bool:
        return key in self._due

    def __len__(self) -> int:
        return len(self._due)

    def put(self, key: Key) -> None:
        self._due.pop(key, None)
        self._due[key] = trio.current_time() + self.seconds
        self._arrived.wake()

    def drop(self, key: Key) -> None:
        self._due.pop(key, None)

    async def run(self) -> None:
        """Runs forever."""
        while True:
            if not self._due:
                await self._arrived.wait()
                continue
            key, at = next(iter(self._due.items()))
            if at > trio.current_time():
                await trio.sleep_until(at)
                continue
            del self._due[key]
            self._callback(key)
            await trio.lowlevel.checkpoint()  # lets other tasks run when many keys are due at once


class Throttle(Generic[Key]):
    """Calls `callback` with a key that changed: at once, then at most once in `seconds` for each key.

    `callback` looks up the value, so the last one wins.
    """

    def __init__(self, seconds: float, callback: Callable[[Key], None]) -> None:
        self._callback = callback
        self._changed: set[Key] = set()  # since the last call
        self._intervals: DelayQueue[Key] = DelayQueue(seconds, self._interval_over)

    def __len__(self) -> int:
        return len(self._intervals)

    def changed(self, key: Key) -> None:
        if key in self._intervals:
            self._changed.add(key)
        else:
            self._intervals.put(key)
            self._callback(key)

    async def run(self) -> None:
        """Runs forever."""
        await self._intervals.run()

    def _interval_over(self, key: Key) -> None:
        if key in self._changed:
            self._changed.discard(key)
            self._intervals.put(key)
            self._callback(key)

"""Time for signals: keys that come due after a while, and at most one signal a while for each key.

Both are one task each, started by whoever owns them, and hold no more than what is under way.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

import trio

from chatd.wakeup import Wakeup

Key = TypeVar("Key", bound=Hashable)


class DelayQueue(Generic[Key]):
    """Calls `act` with each key, `seconds` after it was last put in."""

    def __init__(self, seconds: float, act: Callable[[Key], None]) -> None:
        self.seconds = seconds
        self._act = act
        self._due: dict[Key, float] = {}  # in the order of their times, because all wait equally long
        self._sleeping = Wakeup()

    def __contains__(self, key: Key) -> bool:
        return key in self._due

    def __len__(self) -> int:
        return len(self._due)

    def put(self, key: Key) -> None:
        self._due.pop(key, None)
        self._due[key] = trio.current_time() + self.seconds
        self._sleeping.wake()

    def drop(self, key: Key) -> None:
        self._due.pop(key, None)

    async def run(self) -> None:
        """Runs for ever."""
        while True:
            if not self._due:
                await self._sleeping.wait()
                continue
            key, at = next(iter(self._due.items()))
            if at > trio.current_time():
                await trio.sleep_until(at)
                continue
            del self._due[key]
            self._act(key)
            await trio.lowlevel.checkpoint()  # others go first when many come due at once


class Throttle(Generic[Key]):
    """Calls `show` with a key that changed: at once the first time, then at most once in `seconds`.

    What there is to show is looked up by `show`, so that the last value wins.
    """

    def __init__(self, seconds: float, show: Callable[[Key], None]) -> None:
        self._show = show
        self._changed: set[Key] = set()  # since they were shown last
        self._resting: DelayQueue[Key] = DelayQueue(seconds, self._rested)

    def __len__(self) -> int:
        return len(self._resting)

    def changed(self, key: Key) -> None:
        if key in self._resting:
            self._changed.add(key)
        else:
            self._resting.put(key)
            self._show(key)

    async def run(self) -> None:
        """Runs for ever."""
        await self._resting.run()

    def _rested(self, key: Key) -> None:
        if key in self._changed:
            self._changed.discard(key)
            self._resting.put(key)
            self._show(key)

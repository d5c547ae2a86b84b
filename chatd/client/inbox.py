"""Events and signals on their way to the application: bounded, and honest about being full.

The session puts in, the application takes out. Events are never dropped here: whoever puts looks at
`full` first. Of signals, the oldest give way.
"""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

import trio

from chatd.concurrency.bell import Bell

EVENTS_BOUND = 4096
SIGNALS_BOUND = 1024

T = TypeVar("T")


class Inbox(Generic[T]):
    """A queue with one end for each side. `None` from `take` means that nothing will come any more."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._items: deque[T] = deque()
        self._bell = Bell()
        self._ended = False
        self._error: Exception | None = None

    @property
    def full(self) -> bool:
        return len(self._items) >= self._bound

    @property
    def empty(self) -> bool:
        return not self._items

    def put(self, item: T) -> None:
        self._items.append(item)
        self._bell.ring()

    def put_and_forget_the_oldest(self, item: T) -> None:
        if self.full:
            self._items.popleft()
        self.put(item)

    def end(self, error: Exception | None) -> None:
        """Nothing more will be put; a reader who has taken everything gets `error`, if there is one."""
        if not self._ended:
            self._ended = True
            self._error = error
            self._bell.ring()

    async def take(self) -> T | None:
        """The oldest item; waits for one."""
        await trio.lowlevel.checkpoint()
        while not self._items:
            if self._error is not None:
                raise self._error
            if self._ended:
                return None
            await self._bell.wait()
        return self._items.popleft()

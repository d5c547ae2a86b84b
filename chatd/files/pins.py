"""Pins: which blobs are being stored right now, so that they are not deleted in the same moment.

Many may store the same content at once, and do not wait for each other. A deletion waits for nobody: it does
not begin while somebody stores the content, be it here or on another node of a cluster. Who stores it waits
for a deletion that has begun.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager

import trio


class Pins:
    """By hash. One for each store. `elsewhere`: whether no other node stores it, nor begins to meanwhile."""

    def __init__(self) -> None:
        self.elsewhere: Callable[[str], AbstractAsyncContextManager[bool]] = _alone
        self._stored: Counter[str] = Counter()
        self._deleting: dict[str, trio.Event] = {}

    @asynccontextmanager
    async def storing(self, hash_: str) -> AsyncIterator[None]:
        """Meanwhile it is not deleted."""
        while (deletion := self._deleting.get(hash_)) is not None:
            await deletion.wait()
        self._stored[hash_] += 1
        try:
            yield
        finally:
            self._stored[hash_] -= 1
            if not self._stored[hash_]:
                del self._stored[hash_]

    @asynccontextmanager
    async def deleting(self, hash_: str) -> AsyncIterator[bool]:
        """Whether it may be deleted; if so, nobody stores it meanwhile, on whatever node."""
        with self.claimed(hash_) as free_here:
            if not free_here:
                yield False
                return
            async with self.elsewhere(hash_) as free:
                yield free

    @contextmanager
    def claimed(self, hash_: str) -> Iterator[bool]:
        """Whether nobody stores it here; if so, nobody does meanwhile."""
        if hash_ in self._stored or hash_ in self._deleting:
            yield False
            return
        over = self._deleting[hash_] = trio.Event()
        try:
            yield True
        finally:
            del self._deleting[hash_]
            over.set()


@asynccontextmanager
async def _alone(hash_: str) -> AsyncIterator[bool]:
    yield True

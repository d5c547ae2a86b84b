"""Pins: which blobs are being stored right now, so that they are not deleted in the same moment.

Many may store the same content at once, and do not wait for each other. A deletion waits for nobody: it does
not begin while somebody stores the content. Who stores it waits for a deletion that has begun.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import trio


class Pins:
    """By hash. One for each store."""

    def __init__(self) -> None:
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

    @contextmanager
    def deleting(self, hash_: str) -> Iterator[bool]:
        """Whether it may be deleted; if so, nobody stores it meanwhile."""
        if hash_ in self._stored or hash_ in self._deleting:
            yield False
            return
        over = self._deleting[hash_] = trio.Event()
        try:
            yield True
        finally:
            del self._deleting[hash_]
            over.set()

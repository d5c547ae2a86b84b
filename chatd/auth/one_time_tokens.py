"""Values that whoever holds a secret may take once: in memory, bounded in number and time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import trio
from cachetools import TTLCache

from chatd.auth.tokens import hashed, new_secret

T = TypeVar("T")


class OneTimeTokens(Generic[T]):
    """Keeps at most `most` values, each for `seconds`; a new one may cost the oldest its place.

    It keeps only the SHA-256 of a secret.
    """

    def __init__(self, seconds: float, most: int) -> None:
        self._values: TTLCache[bytes, T] = TTLCache(most, seconds, trio.current_time)
        # Where there are other nodes: takes what one of them keeps, by the SHA-256 of its secret.
        self.elsewhere: Callable[[bytes], Awaitable[T | None]] | None = None

    def __len__(self) -> int:
        return len(self._values)

    def keep(self, value: T) -> str:
        """Stores the value; returns the secret that takes it."""
        secret = new_secret()
        self._values[hashed(secret)] = value
        return secret

    def take(self, secret: str) -> T | None:
        """The value, the first time and in time."""
        return self.take_hashed(hashed(secret))

    def take_hashed(self, digest: bytes) -> T | None:
        """The same for the SHA-256 of a secret."""
        try:
            return self._values.pop(digest)
        except KeyError:
            return None

    async def take_anywhere(self, secret: str) -> T | None:
        """The same, whichever node keeps it."""
        digest = hashed(secret)
        value = self.take_hashed(digest)
        if value is None and self.elsewhere is not None:
            value = await self.elsewhere(digest)
        return value

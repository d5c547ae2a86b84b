"""Values that whoever holds a secret may take once: in memory, bounded in number and time."""

from __future__ import annotations

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

    def __len__(self) -> int:
        return len(self._values)

    def keep(self, value: T) -> str:
        """Stores the value; returns the secret that takes it."""
        secret = new_secret()
        self._values[hashed(secret)] = value
        return secret

    def take(self, secret: str) -> T | None:
        """The value, the first time and in time."""
        try:
            return self._values.pop(hashed(secret))
        except KeyError:
            return None

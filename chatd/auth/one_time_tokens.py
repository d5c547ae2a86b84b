"""What can be taken once, by whoever holds its secret: in memory, bounded, for a while."""

from __future__ import annotations

from typing import Generic, TypeVar

import trio

from chatd.auth.tokens import hashed, new_secret

T = TypeVar("T")


class OneTimeTokens(Generic[T]):
    """Keeps at most `most` values, each for `seconds`; a new one may cost the oldest its place.

    Of a secret only its SHA-256 is here.
    """

    def __init__(self, seconds: float, most: int) -> None:
        self._seconds = seconds
        self._most = most
        self._kept: dict[bytes, tuple[float, T]] = {}  # oldest first

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, value: T) -> str:
        """The secret that gives it back."""
        self._forget()
        secret = new_secret()
        self._kept[hashed(secret)] = (trio.current_time() + self._seconds, value)
        return secret

    def take(self, secret: str) -> T | None:
        """The value, the first time and in time."""
        until, value = self._kept.pop(hashed(secret), (0.0, None))
        return value if trio.current_time() < until else None

    def _forget(self) -> None:
        now = trio.current_time()
        while self._kept:
            oldest = next(iter(self._kept))
            if self._kept[oldest][0] > now and len(self._kept) < self._most:
                return
            del self._kept[oldest]

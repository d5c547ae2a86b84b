"""How often somebody may ask."""

from __future__ import annotations

import trio


class TokenBucket:
    """`burst` requests at once, `per_second` in the long run."""

    __slots__ = ("_at", "_burst", "_per_second", "_tokens")

    def __init__(self, per_second: float, burst: int) -> None:
        self._per_second = per_second
        self._burst = burst
        self._tokens = float(burst)
        self._at = trio.current_time()

    def take(self) -> float:
        """Takes one token and returns 0, or returns the seconds until there is one."""
        now = trio.current_time()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._per_second)
        self._at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self._per_second

"""How long to wait before the next try: exponential, with full jitter, so that clients do not return in
step (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015)."""

from __future__ import annotations

import random
from collections.abc import Callable

import attrs

FIRST = 0.25  # seconds
LONGEST = 30.0


@attrs.define
class Backoff:
    """Grows with each `next_delay`, starts over with `reset`. `draw(a, b)` gives a number between."""

    draw: Callable[[float, float], float] = random.uniform
    tries: int = 0

    def next_delay(self, at_least: float | None = None) -> float:
        """Seconds; never less than `at_least`, which is what the server asked for."""
        ceiling = min(LONGEST, FIRST * 2 ** min(self.tries, 16))
        self.tries += 1
        return (at_least or 0.0) + self.draw(0, ceiling)

    def reset(self) -> None:
        self.tries = 0

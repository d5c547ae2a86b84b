"""How long to wait before the next try: exponential backoff, for everything that tries again.

Pure: the caller waits, with `trio.sleep` or by a deadline of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from random import SystemRandom
from typing import Final

import msgspec

_RANDOM: Final = SystemRandom()


def full_jitter(delay: float) -> float:
    """Anything up to `delay`, so that many clients do not return in step (M. Brooker, "Exponential Backoff
    And Jitter", AWS Architecture Blog, 2015)."""
    return _RANDOM.uniform(0, delay)


def no_jitter(delay: float) -> float:
    return delay


class Backoff(msgspec.Struct):
    """The first delay is `first` seconds, each next one twice as long, up to `longest` seconds.

    `failures` counts the tries since the last `reset`. `jitter` turns a delay into the one that is used.
    """

    first: float
    longest: float
    jitter: Callable[[float], float] = no_jitter
    failures: int = 0

    def next_delay(self, at_least: float = 0.0) -> float:
        """Counts a failure; returns the seconds to wait, on top of `at_least` that somebody asked for."""
        delay = min(self.longest, self.first * 2.0 ** min(self.failures, 60))
        self.failures += 1
        return at_least + self.jitter(delay)

    def reset(self) -> None:
        """A try succeeded: the next delay is the first one again."""
        self.failures = 0

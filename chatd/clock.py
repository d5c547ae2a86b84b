"""The wall clock, how far it is believed, and ids that nobody else has."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from ulid import ULID

AHEAD: Final = 60_000  # milliseconds by which the clock may be ahead of what is known, and is believed
SETTLES: Final = 60_000  # milliseconds for which it must show a later time before that is believed


def now() -> int:
    """Unix milliseconds."""
    return time.time_ns() // 1_000_000


def steady() -> int:
    """Milliseconds since the machine started, its sleep included. Nobody can set this clock."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


class SettledClock:
    """The wall clock, for what cannot be taken back.

    A machine that starts may not have synchronized its clock yet, and a wrong one would erase for good what
    is still to be there. So a time that lies ahead of what is known counts when the clock has stood by it for
    a minute. `known` is the latest time that the log knows of, 0 for an empty one.
    """

    def __init__(self, known: int, wall: Callable[[], int] = now, steady: Callable[[], int] = steady) -> None:
        self._wall, self._steady = wall, steady
        self._known = (known or wall(), steady())
        self._ahead_since: int | None = None

    def __call__(self) -> int:
        """Unix milliseconds."""
        wall, steady = self._wall(), self._steady()
        known = self._known[0] + steady - self._known[1]
        if wall - known >= AHEAD:
            if self._ahead_since is None:
                self._ahead_since = steady
            if steady - self._ahead_since < SETTLES:
                return known
        self._known, self._ahead_since = (wall, steady), None
        return wall


def new_id() -> str:
    """A ULID: it sorts by the time at which it was made."""
    return str(ULID())

"""The settled clock: how far the wall clock is believed where nothing can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from chatd.clock import now, steady

AHEAD: Final = 60_000  # milliseconds by which the clock may be ahead of what is known, and is believed
SETTLES: Final = 60_000  # milliseconds for which it must show a later time before that is believed


class SettledClock:
    """Unix milliseconds, when called.

    A machine that starts may not have synchronized its clock yet, and a wrong one would erase for good what
    is still to be there. So a time that lies ahead of what is known counts when the clock has stood by it for
    a minute. `known` is the latest time that the log knows of, 0 for an empty one; `wall` is that clock.
    """

    def __init__(self, known: int, wall: Callable[[], int] = now, steady: Callable[[], int] = steady) -> None:
        self.wall, self._steady = wall, steady
        self._known = (known or wall(), steady())
        self._ahead_since: int | None = None

    def __call__(self) -> int:
        wall, steady = self.wall(), self._steady()
        known = self._known[0] + steady - self._known[1]
        if wall - known >= AHEAD:
            if self._ahead_since is None:
                self._ahead_since = steady
            if steady - self._ahead_since < SETTLES:
                return known
        self._known, self._ahead_since = (wall, steady), None
        return wall

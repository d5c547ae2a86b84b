"""Who follows this server, as far as each standby says, for its admin.

In memory only: a standby is known from its first question after a start until a day after its newest one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from chatd.clock import now

MOST: Final = 16
KEPT: Final = 86_400_000  # milliseconds


class Standby(msgspec.Struct, frozen=True):
    """`name`: machine and port of its page. `position`: of its newest event; `lag`: seconds since it had
    everything; `missing`: files that it lacks. `at`: when it asked last, Unix milliseconds."""

    name: str
    by: str
    position: int
    lag: int
    missing: int
    at: int


class Standbys(msgspec.Struct, eq=False):
    _clock: Callable[[], int] = now
    _known: dict[tuple[str, str], Standby] = msgspec.field(default_factory=dict)

    def heard(self, name: str, by: str, position: int, lag: int, missing: int) -> None:
        """Beyond `MOST` the one that has been silent the longest is forgotten."""
        self._known.pop((by, name), None)
        while len(self._known) >= MOST:
            del self._known[next(iter(self._known))]
        self._known[by, name] = Standby(name, by, position, lag, missing, self._clock())

    def known(self) -> list[Standby]:
        oldest = self._clock() - KEPT
        return sorted((one for one in self._known.values() if one.at >= oldest), key=lambda one: one.name)

"""Erased texts must leave the disk, and the write-ahead log still holds pages that say them.

So it is emptied after a commit that erased: at once, but no more than once in `EVERY` seconds, because
each time costs two waits for the disk. It waits for no reader: while one looks at those pages this stays
due, and is tried again soon. The `Journal` asks, on the database thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Final

import attrs

from chatd.domain.event import ERASES
from chatd.ports import Append

EVERY: Final = 1.0
AGAIN: Final = 0.1


@attrs.define
class Erasure:
    """When to empty the write-ahead log. `clock` gives seconds."""

    clock: Callable[[], float]
    due: bool = False
    _not_before: float = -inf

    def wait(self) -> float | None:
        """Seconds until it may be done, 0 for now; None when nothing is due."""
        return max(0.0, self._not_before - self.clock()) if self.due else None

    def done(self) -> None:
        self.due = False
        self._not_before = self.clock() + EVERY

    def hindered(self) -> None:
        """By a reader, who will have looked soon."""
        self._not_before = self.clock() + AGAIN

    def failed(self) -> None:
        self._not_before = self.clock() + EVERY


def erases(appends: Sequence[Append]) -> bool:
    """Whether texts leave the database with these, if they are written."""
    return any(fact.type in ERASES for append in appends for fact in append.facts)

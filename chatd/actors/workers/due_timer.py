"""When the next thing is due: what the scheduler sleeps by, and what those ring who make something due.

Wall-clock times, because that is what people schedule by; how long to sleep is worked out anew at least
every `LONGEST_REST` seconds, so that a clock that was set or a machine that slept is noticed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import trio

from chatd.concurrency.wakeup import Wakeup
from chatd.domain.event import Event

LONGEST_REST: Final = 60.0  # seconds


class DueTimer:
    """`earlier` and `announced` never wait; `rest` is for one task, the scheduler's."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._wakeup = Wakeup()

    @property
    def next(self) -> int | None:
        """When the next thing is due (Unix milliseconds), as far as is known."""
        return self._next

    def earlier(self, at: int | None) -> None:
        """Something is due at `at` (Unix milliseconds); None: nothing is."""
        if at is not None and (self._next is None or at < self._next):
            self._next = at
            self._wakeup.wake()

    def announced(self, events: Sequence[Event]) -> None:
        """What was committed; some of it may be there for a time only."""
        for event in events:
            if "expires_at" in event.data:
                self.earlier(event.data["expires_at"])

    def clear(self) -> None:
        """Everything known so far is looked at now."""
        self._next = None

    async def rest(self, clock: Callable[[], int]) -> None:
        """Returns when something is due, and after `LONGEST_REST` seconds in any case."""
        with trio.move_on_after(LONGEST_REST):
            while (left := LONGEST_REST if self._next is None else (self._next - clock()) / 1000) > 0:
                with trio.move_on_after(left):
                    await self._wakeup.wait()

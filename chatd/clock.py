"""The wall clock, and ids that nobody else has."""

from __future__ import annotations

import os
import threading
import time

from chatd.domain.ulid import ulid


def now() -> int:
    """Unix milliseconds."""
    return time.time_ns() // 1_000_000


def steady() -> int:
    """Milliseconds since the machine started, its sleep included. Nobody can set this clock."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


class Ids:
    """Makes ULIDs. They sort by the time at which they were made; those of one millisecond count up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def new(self) -> str:
        at = now()
        with self._lock:
            if at == self._last >> 80:
                self._last += 1
            else:
                self._last = at << 80 | int.from_bytes(os.urandom(10), "big")
            bits = self._last
        return ulid(bits)


new_id = Ids().new

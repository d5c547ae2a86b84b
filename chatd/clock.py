"""The wall clock, and ids that nobody else has."""

from __future__ import annotations

import time

from ulid import ULID


def now() -> int:
    """Unix milliseconds."""
    return time.time_ns() // 1_000_000


def steady() -> int:
    """Milliseconds since the machine started, its sleep included. Nobody can set this clock."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


def new_id() -> str:
    """A ULID: it sorts by the time at which it was made."""
    return str(ULID())

"""The wall clock, and ids that nobody else has."""

from __future__ import annotations

import time

from ulid import ULID


def now() -> int:
    """Unix milliseconds."""
    return time.time_ns() // 1_000_000


def new_id() -> str:
    """A ULID: it sorts by the time at which it was made."""
    return str(ULID())

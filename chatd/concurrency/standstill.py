"""Deadlines that pass while this process stands still: it was stopped, or starved, or its machine slept."""

from __future__ import annotations

from typing import Final

import trio

LATE: Final = 1.0  # seconds after a deadline


def stood_still(waiting: trio.CancelScope) -> bool:
    """Whether this process came long after the deadline: what a peer did in time is perhaps not seen yet."""
    return trio.current_time() - waiting.deadline > LATE

"""The key of the stream is replaced every hour by the node that leads, whichever that is by then."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Final

import trio

from chatd.cluster.log import ClusterLog
from chatd.ports import StoreUnavailable

EVERY: Final = 3600.0  # seconds
LOOK: Final = 60.0


async def ratchet(log: ClusterLog, leads: Callable[[], bool]) -> None:
    """For ever. All nodes count the time from when they took the key, so that it is replaced in time though
    the node that led until now is gone; who has not seen that takes it for old."""
    while True:
        await trio.sleep(LOOK)
        if leads() and trio.current_time() - log.key_taken_at >= EVERY:
            with suppress(StoreUnavailable):  # the next look tries again
                await log.ratchet()

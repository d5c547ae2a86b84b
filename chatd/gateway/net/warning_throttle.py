"""Throttles warnings about what strangers can cause as often as they like: they must not fill the log."""

from __future__ import annotations

from typing import Final

import trio
from cachetools import TTLCache

from chatd.log import log

INTERVAL: Final = 600.0  # seconds after which the log may repeat itself
MOST: Final = 100  # different warnings in that time


class WarningThrottle:
    def __init__(self) -> None:
        self._logged: TTLCache[str, None] = TTLCache(MOST, INTERVAL, trio.current_time)

    def lets_through(self, what: str) -> bool:
        """Whether this may be logged now; the same is then held back for the interval."""
        self._logged.expire()
        if what in self._logged or len(self._logged) >= MOST:
            return False
        self._logged[what] = None
        return True

    def warn(self, event: str, **what: str) -> None:
        if self.lets_through(f"{event} {what}"):
            log.warning(event, **what)

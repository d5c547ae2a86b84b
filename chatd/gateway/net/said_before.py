"""What the log was told lately about what strangers can cause as often as they like: it must not fill."""

from __future__ import annotations

from typing import Final

import trio
from cachetools import TTLCache

from chatd.log import log

SAID_AGAIN: Final = 600.0  # seconds after which the log may repeat itself
SAID_AT_ONCE: Final = 100  # different things in that time


class SaidBefore:
    def __init__(self) -> None:
        self._said: TTLCache[str, None] = TTLCache(SAID_AT_ONCE, SAID_AGAIN, trio.current_time)

    def first_time(self, what: str) -> bool:
        self._said.expire()
        if what in self._said or len(self._said) >= SAID_AT_ONCE:
            return False
        self._said[what] = None
        return True

    def say(self, event: str, **what: str) -> None:
        if self.first_time(f"{event} {what}"):
            log.warning(event, **what)

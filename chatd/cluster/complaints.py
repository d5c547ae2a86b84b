"""What the log says of messages that nobody should send: that there are such, never each of them.

Whoever may speak with the NATS servers could otherwise fill a node's disk.
"""

from __future__ import annotations

from typing import Any, Final

import trio

from chatd.log import log

AGAIN: Final = 60.0  # seconds


class Complaints:
    """Of one listener. `more`: how often it happened since it was said last."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[float, int]] = {}  # event -> when, and how often since

    def say(self, event: str, **what: Any) -> None:
        now = trio.current_time()
        at, more = self._said.get(event, (now - AGAIN, 0))
        if now - at < AGAIN:
            self._said[event] = at, more + 1
            return
        self._said[event] = now, 0
        log.error(event, **what, **({"more": more} if more else {}))

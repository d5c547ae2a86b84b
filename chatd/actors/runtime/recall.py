"""Tells the bus of the newest events when the server starts: that is when everybody comes back."""

from __future__ import annotations

from typing import Final

from chatd.actors.runtime.bus import Bus
from chatd.log import log
from chatd.ports import Reader, StoreUnavailable

RECALLED: Final = 1000  # events
TRIES: Final = 10


async def recall(bus: Bus, reader: Reader) -> None:
    """Puts the newest events of the log before what the bus has been told since the start.

    What was published meanwhile may have erased a text that was just read, so then it reads again.
    """
    for _ in range(TRIES):
        head, oldest = bus.head, bus.remembers_from
        try:
            events = await reader.events(max(0, oldest - RECALLED), min(oldest, RECALLED))
        except StoreUnavailable as error:
            log.warning("cannot_recall", error=str(error))  # the log is there for whoever asks
            return
        if bus.head == head and bus.remembers_from == oldest:
            bus.recall(events)
            return

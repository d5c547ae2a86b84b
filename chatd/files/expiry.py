"""Throws away unfinished uploads: those that nobody goes on with, and those of deleted accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import trio
from msgspec import Struct, field

from chatd.concurrency.wakeup import Wakeup
from chatd.domain.event import Event
from chatd.files.partials import Partials
from chatd.log import log
from chatd.ports import BlobsUnavailable, StoreUnavailable

INTERVAL: Final = 600.0  # seconds
RETRY: Final = 10.0


class UploadExpiry(Struct, eq=False):
    """One for the server."""

    _partials: Partials
    name: str = "upload expiry"
    restarts: int = 0
    healthy: bool = False
    _due: bool = True
    _wakeup: Wakeup = field(default_factory=Wakeup)

    def failed(self, given_up: bool) -> None:
        """Nobody asks it anything."""

    def follow(self, events: Sequence[Event]) -> None:
        """Takes note of committed events."""
        if any(event.type == "account.deleted" for event in events):
            self._due = True
            self._wakeup.wake()

    async def run(self) -> None:
        """Runs forever."""
        while True:
            self._due, pause = False, INTERVAL
            try:
                await self._partials.expire()
            except (BlobsUnavailable, StoreUnavailable) as error:
                log.warning("uploads_not_expired", error=str(error), consequence="it is tried again")
                pause = RETRY
            self.healthy = True
            if not self._due:
                with trio.move_on_after(pause):
                    await self._wakeup.wait()

"""Throws away, now and then, the unfinished uploads that nobody goes on with."""

from __future__ import annotations

from typing import Final

import trio
from msgspec import Struct

from chatd.files.partials import Partials
from chatd.log import log
from chatd.ports import BlobsUnavailable

INTERVAL: Final = 600.0  # seconds


class UploadExpiry(Struct, eq=False):
    """One for the server."""

    _partials: Partials
    name: str = "upload expiry"
    restarts: int = 0
    healthy: bool = False

    def failed(self, given_up: bool) -> None:
        """Nobody asks it anything."""

    async def run(self) -> None:
        """Runs forever."""
        while True:
            try:
                await self._partials.expire()
            except BlobsUnavailable as error:
                log.warning("uploads_not_expired", error=str(error), consequence="it is tried again")
            self.healthy = True
            await trio.sleep(INTERVAL)

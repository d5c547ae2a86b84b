"""The door: newcomers wait in front of it while something of those who are in is on its way to the disk.

Everybody shares one interpreter. When thousands arrive at once, the event loop never rests, and the thread
that commits gets its turn only every few milliseconds, some thirty times in a commit. That a newcomer waits a
moment costs nothing: what it would take from the commit it takes afterwards.
"""

from __future__ import annotations

from typing import Final

import trio

from chatd.actors.runtime.log_writer import LogWriter

PATIENCE: Final = 0.005  # seconds; on a server that always commits, newcomers come in, too


class Door:
    """One for the server."""

    def __init__(self, writer: LogWriter) -> None:
        self._writer = writer

    async def wait(self) -> None:
        """Returns when no commit is under way, at once or after a moment at most."""
        if self._writer.busy:
            with trio.move_on_after(PATIENCE):
                await self._writer.rest()

"""The pace of a session: how fast it takes what its client sends, whatever becomes of it.

Rate limits refuse requests; a refusal costs nearly as much as a request. So every frame is work, counted from
the first byte on: those that nobody can read, those that are refused for their rate, those of strangers. The
session lets others have a turn after each 50 units, and reads on only when the bucket of its connection has
tokens again: TCP then slows the client down. Nothing is refused for it.
"""

from __future__ import annotations

from typing import Final

import trio

from chatd.auth.rate_limits import TokenBucket
from chatd.settings import Rate, Settings

TURN: Final = 50  # units of work before others have a turn
UNIT_BYTES: Final = 4 * 1024  # a frame is one unit, and one more for each of these
STRANGER: Final = 10  # units that a frame counts while no session is open


class Pace:
    def __init__(self, settings: Settings, limited: bool) -> None:
        self.work = 0  # since the last pause
        self._bucket = TokenBucket(Rate.parse(settings.rate_frames)) if limited else None
        self._hurried = trio.Event()

    @property
    def due(self) -> bool:
        return self.work >= TURN

    async def pause(self, stranger: bool) -> None:
        """Lets others have a turn; waits until the work is paid for."""
        work, self.work = self.work, 0
        await trio.lowlevel.checkpoint()
        if self._bucket is None:
            return
        owed = self._bucket.spend(work * STRANGER if stranger else work, trio.current_time())
        if owed:
            with trio.move_on_after(owed):
                await self._hurried.wait()

    def hurry(self) -> None:
        """Waits no more: the session is to end."""
        self._hurried.set()

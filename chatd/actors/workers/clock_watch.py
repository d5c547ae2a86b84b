"""The clock watch: notices that the clock of this machine was set, and that it shows a time before the log's.

Nothing is refused because of it: tokens and waits allow for a clock that went back. But times of events are
then out of order, and what expires does so late; an admin should know why.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

import msgspec
import trio

from chatd.actors.workers.health import Health
from chatd.clock import now, steady
from chatd.log import log
from chatd.ports import PutLatestTime, Reader, StoreUnavailable

INTERVAL: Final = 1.0  # seconds
BACK: Final = 2_000  # milliseconds; less is how clocks are disciplined
AHEAD: Final = 60_000
ADVICE: Final = "see whether this machine synchronizes its clock"

Clock = Callable[[], int]  # milliseconds
Write = Callable[[PutLatestTime], Awaitable[object]]  # raises StoreUnavailable


class ClockWatch(msgspec.Struct, eq=False):
    """One for the server. `wall` may be set by anybody; `steady` goes on also while the machine sleeps.

    What the clock showed before it was set is stored, so that a restart does not forget it.
    """

    _reader: Reader
    _write: Write
    _health: Health
    _wall: Clock = now
    _steady: Clock = steady
    name: str = "clock watch"
    restarts: int = 0
    healthy: bool = False
    _latest: int = 0  # the latest time that was seen, here or in the log
    _unwritten: bool = False  # it was the last before a step
    _before: tuple[int, int] | None = None  # both clocks, at the look before

    def failed(self, given_up: bool) -> None:
        """Nobody asks it anything."""

    async def run(self) -> None:
        """Runs forever."""
        self._before = (
            self._wall(),
            self._steady(),
        )  # first of all: the clock may be set while the log is read
        await self._learn()
        while True:
            self.look()
            if self._unwritten:
                await self._remember()
            self.healthy = True
            await trio.sleep(INTERVAL)

    async def _learn(self) -> None:
        try:
            self._latest = max(self._latest, await self._reader.newest_at())
        except StoreUnavailable as error:
            log.warning("cannot_read_log", error=str(error))
        if (behind := self._latest - self._wall()) >= BACK:
            log.warning("clock_went_back", seconds=behind // 1000, since="before the start", mend=ADVICE)

    async def _remember(self) -> None:
        try:
            await self._write(PutLatestTime(self._latest))
        except StoreUnavailable:
            return  # the next look tries again
        self._unwritten = False

    def look(self) -> None:
        wall, steady_ = self._wall(), self._steady()
        if self._before is not None:
            moved = (wall - self._before[0]) - (steady_ - self._before[1])
            if moved <= -BACK or moved >= AHEAD:
                self._stepped(moved)
        self._before = wall, steady_
        self._latest = max(self._latest, wall)
        behind = self._latest - wall
        self._health.clock = None if behind < BACK else _sentence(wall, self._latest)

    def _stepped(self, moved: int) -> None:
        self._unwritten = True
        self._health.clock_steps += 1
        self._health.last_clock_step = int(moved / 1000)
        event = "clock_went_back" if moved < 0 else "clock_went_ahead"
        log.warning(event, seconds=abs(moved) // 1000, since="a moment ago", mend=ADVICE)


def _sentence(wall: int, latest: int) -> str:
    return (
        f"the clock went back: it shows {_shown(wall)}, but it was {_shown(latest)} before, and events may be"
        f" dated up to then; {ADVICE}"
    )


def _shown(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")

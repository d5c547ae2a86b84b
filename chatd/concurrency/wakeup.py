"""Lets one task sleep until another wakes it.

`trio.lowlevel.ParkingLot` keeps an ordered queue of tasks, which costs more; a message passes three of these.
"""

from __future__ import annotations

from typing import Any

import trio


class Wakeup:
    """`wait` is for one task at a time; `wake` is free when nobody sleeps."""

    __slots__ = ("_sleeper",)

    def __init__(self) -> None:
        self._sleeper: trio.lowlevel.Task | None = None

    def wake(self) -> None:
        if self._sleeper is not None:
            sleeper, self._sleeper = self._sleeper, None
            trio.lowlevel.reschedule(sleeper)

    async def wait(self) -> None:
        """Returns after the next `wake`."""
        assert self._sleeper is None, "somebody sleeps here already"
        self._sleeper = trio.lowlevel.current_task()
        await trio.lowlevel.wait_task_rescheduled(self._abort)

    def _abort(self, _: Any) -> trio.lowlevel.Abort:
        self._sleeper = None
        return trio.lowlevel.Abort.SUCCEEDED

"""Turns: how many requests of plain HTTP are begun in one turn of the event loop, and whose.

A request takes a fraction of a millisecond, and a client may send hundreds at once on each of its
connections. If all of them were served in one turn of the loop, everybody else would wait for its end: those
who post, and those who connect. So few are begun in a turn, and the addresses that wait get them one after
the other. Of one address, those come first whose connection has sent nothing beyond its request.
"""

from __future__ import annotations

from collections import deque
from typing import Final

import msgspec
import trio

from chatd.concurrency.wakeup import Wakeup

IN_A_TURN: Final = 2  # requests that are begun in a turn of the event loop


class _Line(msgspec.Struct, eq=False):
    """Those of one address that wait. `many`: their connections hold more requests already."""

    single: deque[trio.Event]
    many: deque[trio.Event]


class Turns:
    """One for the server."""

    def __init__(self) -> None:
        self._left = IN_A_TURN
        self._lines: dict[str, _Line] = {}  # by address; the one whose turn is next comes first
        self._wanted = Wakeup()

    async def take(self, address: str, more: bool) -> None:
        """Returns when a request of this address may begin. `more`: others follow it on its connection."""
        self._wanted.wake()
        if self._left and not self._lines:
            self._left -= 1
            return
        line = self._lines.get(address)
        if line is None:
            line = self._lines[address] = _Line(deque(), deque())
        waiting = line.many if more else line.single
        turn = trio.Event()
        waiting.append(turn)
        try:
            await turn.wait()
        except trio.Cancelled:
            if not turn.is_set():
                waiting.remove(turn)
                if not line.single and not line.many:
                    del self._lines[address]
            raise

    async def run(self) -> None:
        """Gives turns, forever."""
        while True:
            if self._left == IN_A_TURN and not self._lines:
                await self._wanted.wait()
            await trio.lowlevel.cancel_shielded_checkpoint()
            self._left = IN_A_TURN
            while self._left and self._lines:
                self._left -= 1
                self._next().set()

    def _next(self) -> trio.Event:
        address = next(iter(self._lines))
        line = self._lines.pop(address)
        turn = (line.single or line.many).popleft()
        if line.single or line.many:
            self._lines[address] = line  # behind the others
        return turn

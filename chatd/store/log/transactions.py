"""The newest transactions, for standbys that follow: what each of them logged and wrote, as it was committed.

They are numbered within a run, which begins when the file is opened, and anew when a commit has failed and
nobody knows whether it is on the disk. Nothing is kept while no standby has asked for some time; who asks for
what is not kept any more takes a whole look at the tables instead (`chatd.store.ops.look`).
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Final

import msgspec
import trio

from chatd.clock import new_id
from chatd.concurrency.bell import Bell
from chatd.store.log.plan import Plan

KEPT: Final = 64 * 2**20  # bytes
WANTED: Final = 600.0  # seconds after the newest question
AT_ONCE: Final = 4 * 2**20  # bytes of one answer, and the one that goes beyond

Numbered = tuple[int, bytes]


class Transactions:
    """`add` and `begin_anew` are called on the database's thread, the others on trio's."""

    def __init__(self) -> None:
        self.run = new_id()
        self.number = 0
        self._wanted_until = 0.0
        self._kept: deque[Numbered] = deque()
        self._bytes = 0
        self._lock = threading.Lock()
        self._token: trio.lowlevel.TrioToken | None = None
        self._added = Bell()

    def add(self, plan: Plan) -> None:
        if not plan.segments:
            return
        with self._lock:
            self.number += 1
            if time.monotonic() > self._wanted_until:
                self._kept.clear()
                self._bytes = 0
                return
            encoded = _encoded(self.number, plan)
            self._kept.append((self.number, encoded))
            self._bytes += len(encoded)
            while self._bytes > KEPT:
                self._bytes -= len(self._kept.popleft()[1])
        if self._token is not None:
            try:
                self._token.run_sync_soon(self._added.ring, idempotent=True)
            except trio.RunFinishedError:
                self._token = None

    def begin_anew(self) -> None:
        with self._lock:
            self.run = new_id()
            self._kept.clear()
            self._bytes = 0

    def want(self) -> None:
        """From now on they are kept."""
        self._token = trio.lowlevel.current_trio_token()
        with self._lock:
            self._wanted_until = time.monotonic() + WANTED

    def since(self, run: str, number: int) -> list[bytes] | None:
        """Those after this one, as many as one answer takes; None: they are not kept."""
        with self._lock:
            if run != self.run or not 0 <= number <= self.number:
                return None
            if number == self.number:
                return []
            if not self._kept or self._kept[0][0] > number + 1:
                return None
            found, size = [], 0
            for index in range(number + 1 - self._kept[0][0], len(self._kept)):
                found.append(self._kept[index][1])
                size += len(found[-1])
                if size > AT_ONCE:
                    break
            return found

    async def wait(self, run: str, number: int, seconds: float) -> None:
        """Until there is one after this, or the run is another."""
        with trio.move_on_after(seconds):
            while run == self.run and number == self.number:
                await self._added.wait()


def _encoded(number: int, plan: Plan) -> bytes:
    return msgspec.msgpack.encode((number, plan.segments))

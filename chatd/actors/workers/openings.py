"""Reads what sessions need that are being opened: some at a time, in one hop to a database connection.

When a server has been away, everybody comes back at once. Addresses take turns, and of each address who came
first, so that nobody keeps the others waiting by coming often; and a question of somebody who is in never
waits for more than one of these hops.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

import msgspec
import trio

from chatd.actors.runtime.door import Door
from chatd.concurrency.wakeup import Wakeup
from chatd.ports import OpeningQuestion, OpeningReader, OpeningRows, StoreUnavailable

TOGETHER: Final = 4  # sessions


class _Asked(msgspec.Struct, eq=False):
    question: OpeningQuestion
    outcome: OpeningRows | StoreUnavailable | None = None
    done: trio.Event = msgspec.field(default_factory=trio.Event)


class Openings:
    """One for the server."""

    name = "openings"

    def __init__(self, reader: OpeningReader, door: Door) -> None:
        self.restarts = 0
        self.healthy = False
        self._reader = reader
        self._door = door
        self._lines: dict[str, deque[_Asked]] = {}  # by address, the one whose turn it is first
        self._under_way: list[_Asked] = []
        self._given_up = False
        self._arrived = Wakeup()

    async def read(self, address: str, question: OpeningQuestion) -> OpeningRows:
        """Raises StoreUnavailable."""
        if self._given_up:
            raise _broken()
        asked = _Asked(question)
        self._lines.setdefault(address, deque()).append(asked)
        self._arrived.wake()
        await asked.done.wait()
        if isinstance(asked.outcome, StoreUnavailable):
            raise type(asked.outcome)(*asked.outcome.args)  # each is raised on its own
        assert asked.outcome is not None
        return asked.outcome

    async def run(self) -> None:
        """For ever."""
        while True:
            if not self._lines:
                await self._arrived.wait()
            await self._door.wait()
            batch = self._under_way = self._next()
            try:
                found = await self._reader.openings([asked.question for asked in batch])
                self._answer(batch, found)
            except StoreUnavailable as error:
                self._answer(batch, [error] * len(batch))
            self._under_way = []
            self.healthy = True

    def failed(self, given_up: bool) -> None:
        self._given_up = given_up
        self._answer(self._under_way, [_broken()] * len(self._under_way))
        while given_up and (batch := self._next()):
            self._answer(batch, [_broken()] * len(batch))

    def _next(self) -> list[_Asked]:
        batch: list[_Asked] = []
        while self._lines and len(batch) < TOGETHER:
            address = next(iter(self._lines))
            line = self._lines.pop(address)
            batch.append(line.popleft())
            if line:
                self._lines[address] = line  # behind the others
        return batch

    def _answer(self, batch: list[_Asked], outcomes: Sequence[OpeningRows | StoreUnavailable]) -> None:
        for asked, outcome in zip(batch, outcomes, strict=True):
            asked.outcome = outcome
            asked.done.set()


def _broken() -> StoreUnavailable:
    return StoreUnavailable("sessions cannot be opened now")

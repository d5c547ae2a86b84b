"""The order of a session's requests: they take effect in the order in which they came.

A query sees what the commands before it did. A command waits for the reply to the one before it, unless both
are pipelined. Queries run beside each other, a few at a time.
"""

from __future__ import annotations

from typing import Final

from chatd.concurrency.wakeup import Wakeup
from chatd.contract.spec import RequestType
from chatd.ports import OPEN_REQUESTS

QUERIES: Final = 4  # at the same time


class RequestOrder:
    """Counts what has no reply yet, and tells who may start."""

    def __init__(self) -> None:
        self.commands = 0  # at stream actors, without a reply
        self._queries = 0
        self._handling = False  # a handler works at a command
        self._exclusive = False  # the last command is not pipelined: nothing may overtake it
        self._replied = Wakeup()

    @property
    def idle(self) -> bool:
        return not (self.commands or self._queries or self._handling)

    # --- starting

    async def wait_turn(self, request: RequestType) -> None:
        """Returns when the request may start without overtaking one that came before it."""
        if self._exclusive or not request.pipelined:
            await self._wait_commands(0)
        elif self.commands >= OPEN_REQUESTS:
            await self._wait_commands(OPEN_REQUESTS // 2)

    def begin_command(self, request: RequestType) -> None:
        self.commands += 1
        self._exclusive = not request.pipelined

    async def begin_query(self) -> None:
        while self._queries >= QUERIES:
            await self._replied.wait()
        self._queries += 1

    def begin_handling(self) -> None:
        self._handling = True

    # --- ending; each wakes those who wait

    def end_command(self) -> None:
        self.commands -= 1
        if not self.commands:
            self._exclusive = False
        self._replied.wake()

    def end_query(self) -> None:
        self._queries -= 1
        self._replied.wake()

    def end_handling(self) -> None:
        self._handling = False

    async def wait_idle(self) -> None:
        """Returns when every command and query has its reply."""
        await self._wait_commands(0)
        while self._queries:
            await self._replied.wait()

    async def _wait_commands(self, most: int) -> None:
        while self.commands > most:
            await self._replied.wait()

"""What is read of a connection that carries one request, by which a session opens, and nothing after it."""

from __future__ import annotations

from chatd.concurrency.wakeup import Wakeup
from chatd.ports import Message, Row


class OneRequest:
    """`receive` and `stop_reading` of a `chatd.ports.Connection`."""

    def __init__(self, request: Row) -> None:
        self._request: Row | None = request
        self._over = False
        self._ended = Wakeup()

    async def receive(self) -> Message | None:
        request, self._request = self._request, None
        if request is not None:
            return Message(iter((request,)), 0)
        while not self._over:
            await self._ended.wait()
        return None

    def stop_reading(self) -> None:
        self._over = True
        self._ended.wake()

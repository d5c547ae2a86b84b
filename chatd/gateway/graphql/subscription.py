"""A subscription: a session whose frames are shown in the shape that the client asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any, Final

import msgspec
import trio
from trio.lowlevel import ParkingLot

from chatd.concurrency.wakeup import Wakeup
from chatd.contract.errors import Refusal
from chatd.contract.session import SessionOpened
from chatd.domain.event import Event
from chatd.gateway.graphql.passes import plain
from chatd.gateway.one_request import OneRequest
from chatd.ports import Caller, Render, Row, Session
from chatd.settings import Settings

_decode: Final = msgspec.json.Decoder(list[dict[str, Any]]).decode


def _rendered(events: Sequence[Event]) -> bytes:
    return msgspec.json.encode([event.frame() for event in events])


class Subscription:
    """The session's connection (`chatd.ports.Connection`), and the frames that wait to be shown."""

    def __init__(self, caller: Caller, token: str | None, cursor: Row | None) -> None:
        self.caller = caller
        self.bearer = token
        self.render: Render = _rendered  # one function, so that all subscriptions share what it renders
        self.session: Session | None = None
        self.gone = trio.Event()
        self.lost = False
        self.queued = 0
        self.closing: tuple[int, str] | None = None
        self.refused: Refusal | None = None
        data = {} if cursor is None else {"cursor": cursor}
        request = OneRequest({"id": 1, "command": "session.open", "data": data})
        self.receive, self.stop_reading = request.receive, request.stop_reading
        self._waiting: deque[bytes] = deque()
        self._arrived = Wakeup()
        self._taken = ParkingLot()  # the session and its feed may wait at the same time

    @property
    def protocol(self) -> str:
        return "graphql"

    @property
    def last_heard(self) -> float:
        """What it comes over looks after the client, and ends it."""
        return trio.current_time()

    async def frames(self) -> Sequence[dict[str, Any]]:
        """What came next; nothing when the session has ended and all is taken."""
        while not self._waiting:
            if self.gone.is_set():
                return ()
            await self._arrived.wait()
        rendered = self._waiting.popleft()
        self.queued -= len(rendered)
        self._taken.unpark_all()
        return _decode(rendered)

    def send(self, frames: Sequence[Row]) -> None:
        """The reply to `session.open`."""
        for frame in frames:
            if "error" in frame:
                self.refused = Refusal(**frame["error"])
                self.stop_reading()
            else:
                opened: SessionOpened = frame["result"]
                self.write(msgspec.json.encode([plain(opened)]))

    def write(self, rendered: bytes, at_once: bool = False) -> int:
        self._waiting.append(rendered)
        self.queued += len(rendered)
        self._arrived.wake()
        return self.queued

    async def drained(self, below: int) -> None:
        while self.queued >= below:
            if self.lost:
                raise trio.BrokenResourceError
            await self._taken.park()

    def close(self, code: int, reason: str) -> None:
        if self.closing is None:
            self.closing = code, reason
        if self.session is not None:
            self.session.stop()

    async def converse(self, session: Session) -> None:
        """The session's life."""
        self.session = session
        try:
            await session.run()
        finally:
            self.gone.set()
            self._arrived.wake()

    def lose(self) -> None:
        """The client is gone, or does not want it any more."""
        self.lost = True
        self._taken.unpark_all()
        self.stop_reading()

    def check_liveness(self, now: float, settings: Settings) -> None:
        """The WebSocket that carries it looks after its peer."""

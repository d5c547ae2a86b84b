"""Requests on their way: waiting to be sent, sent and not yet answered, answered.

The session's writer takes batches from here, its reader brings the answers, and when a link breaks
this is where each open request's fate is decided.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import attrs
import trio

from chatd.client.errors import Disconnected, refused
from chatd.client.wire import Format, Frame, request_frame
from chatd.contract.import_ import (
    AddImportEmoji,
    AddImportMessages,
    AddImportPeople,
    AddImportRooms,
    FindImported,
    FinishImport,
    UndoImport,
)
from chatd.contract.message import PostMessage
from chatd.contract.presence import WatchPresence
from chatd.contract.requests import REQUESTS

OPEN_REQUESTS = 64  # at once, until the server has named its own limit
BATCH_BYTES = 64 * 2**10  # of frames in one message, until the server has named its own limit
BATCH_FRAMES = 256


@attrs.define(eq=False)
class Call:
    """One request. `repeatable`: sending it twice does no more than sending it once."""

    number: int
    name: str
    frame: bytes
    repeatable: bool
    sent: bool = False
    result: dict[str, Any] | None = None
    error: Exception | None = None
    answered: trio.Event = attrs.field(factory=trio.Event)

    def answer(self, frame: Frame) -> None:
        if "error" in frame:
            self.error = refused(frame["error"])
        else:
            self.result = frame.get("result") or {}
        self.answered.set()

    def fail(self, error: Exception) -> None:
        self.error = error
        self.answered.set()


class Calls:
    """All open requests of a session, oldest first."""

    def __init__(self, form: Format, changed: Callable[[], None]) -> None:
        self._form = form
        self._changed = changed
        self._last = 0
        self._open: dict[int, Call] = {}
        self._unsent: deque[Call] = deque()
        self._on_wire: set[int] = set()  # the server is busy with these, whether or not somebody still waits
        self.most_open = OPEN_REQUESTS
        self.most_bytes = BATCH_BYTES

    def __bool__(self) -> bool:
        return bool(self._open)

    async def make(self, name: str, data: dict[str, Any]) -> dict[str, Any]:
        """Sends a request and waits for its result. Raises Refused, Disconnected."""
        self._last += 1
        frame = self._form.encode(request_frame(self._last, name, data))
        call = Call(self._last, name, frame, repeatable(name, data))
        self._open[call.number] = call
        self._unsent.append(call)
        self._changed()
        try:
            await call.answered.wait()
        finally:
            self._open.pop(call.number, None)
            self._changed()
        if call.error is not None:
            raise call.error
        return call.result or {}

    def next_batch(self) -> list[bytes]:
        """Frames to send now, as one message; they count as sent from here on."""
        frames: list[bytes] = []
        size = 0
        while self._unsent and len(frames) < BATCH_FRAMES and len(self._on_wire) < self.most_open:
            call = self._unsent[0]
            if call.number in self._open:
                size += len(call.frame) + 1
                if frames and size > self.most_bytes:
                    break
                frames.append(call.frame)
                call.sent = True
                self._on_wire.add(call.number)
            self._unsent.popleft()
        return frames

    def answer(self, frame: Frame) -> None:
        """A reply came; nobody may be waiting for it any more."""
        number = frame["id"]
        self._on_wire.discard(number)
        if call := self._open.get(number):
            call.answer(frame)
        self._changed()

    @property
    def delicate(self) -> bool:
        """True while a request is under way whose outcome a broken connection would leave unknown."""
        return any(call.sent and not call.repeatable for call in self._open.values())

    def link_lost(self, error: Disconnected, resend: bool) -> None:
        """What was sent and can be repeated goes out again on the next link, in the old order."""
        self._on_wire.clear()
        for call in list(self._open.values()):
            if call.answered.is_set() or not call.sent:
                continue
            if resend and call.repeatable:
                call.sent = False
            elif call.repeatable:
                call.fail(error)
            else:
                call.fail(Disconnected(f"{error}; whether {call.name} was carried out is unknown"))
        self._unsent = deque(
            call for call in self._open.values() if not call.sent and not call.answered.is_set()
        )

    def fail_all(self, error: Exception) -> None:
        for call in list(self._open.values()):
            if not call.answered.is_set():
                call.fail(error)


def repeatable(name: str, data: dict[str, Any]) -> bool:
    """A query changes nothing, a watch replaces itself, a nonce posts once, a key is imported once, an
    import ends once, and what is taken back goes on with what is left."""
    row = REQUESTS.get(name)
    if row is None:
        return False
    return (
        row.kind == "query"
        or row.request is WatchPresence
        or row.request in (AddImportPeople, AddImportRooms, AddImportEmoji, AddImportMessages, FindImported)
        or row.request in (FinishImport, UndoImport)
        or (row.request is PostMessage and "nonce" in data)
    )

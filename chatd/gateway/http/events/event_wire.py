"""Frames as server-sent events (HTML Living Standard, 9.2), and the cursors that stand in their ids.

Each event is rendered once, however many streams get it. The `id` of an event resumes exactly after it. A
signal has none: it is not in the log, and the id before it stays the client's last.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from chatd.contract.session import SessionOpened
from chatd.domain.event import Event
from chatd.frames.codec import json_line
from chatd.gateway.http.server.response import chunk
from chatd.ports import Render, Row

HEADERS: Final = {
    "Content-Type": "text/event-stream",
    "X-Accel-Buffering": "no",  # nginx would keep events until it has a page of them
}
RETRY: Final = 1000  # milliseconds after which a client that was cut off connects again
# A comment, so that proxies do not take the stream for dead. To some clients, an empty line is an event.
HEARTBEAT: Final = b":\n"
_CURSOR: Final = re.compile(r"([!-\-/-~]{1,64})\.(0|[1-9][0-9]{0,15})\.([0-9a-f]*)")


class EventWire:
    """Renders what a stream sends. `epoch`: that of the server's log. `chunked`: the body comes in chunks, as
    HTTP/1.1 has them and HTTP/1.0 does not. Some clients (Python's requests) read another body in pieces of a
    fixed size, and would give out an event when the next ones have filled its piece.
    """

    def __init__(self, epoch: str, chunked: bool) -> None:
        self._epoch = epoch.encode()
        self.headers = {**HEADERS, "Transfer-Encoding": "chunked"} if chunked else HEADERS
        self._chunked = chunked
        self.render: Render = self._events  # one object, because `Chunk` uses it as a key

    def framed(self, data: bytes, *, last: bool = False) -> bytes:
        return chunk(data, last=last) if self._chunked else data

    def _events(self, events: Sequence[Event]) -> bytes:
        return self.framed(b"".join([self._one(event.frame()) for event in events]))

    def _one(self, frame: Row) -> bytes:
        if "signal" in frame:
            return b"event: signal\ndata: %b\n\n" % json_line(frame)
        return b"id: %b.%d.%b\nevent: event\ndata: %b\n\n" % (
            self._epoch,
            frame["position"],
            frame["hash"].encode(),
            json_line(frame),
        )


@lru_cache(maxsize=8)
def event_wire(epoch: str, chunked: bool) -> EventWire:
    """The one of this epoch, so that all streams share what it renders."""
    return EventWire(epoch, chunked)


def opened(snapshot: SessionOpened) -> bytes:
    """The first event."""
    cursor = f"{snapshot.epoch}.{snapshot.position}.{snapshot.hash}"
    return b"retry: %d\nid: %b\nevent: opened\ndata: %b\n\n" % (RETRY, cursor.encode(), json_line(snapshot))


def closed(data: Mapping[str, Any], retry: int) -> bytes:
    """The last event. `retry`: milliseconds."""
    return b"retry: %d\nevent: closed\ndata: %b\n\n" % (retry, json_line(data))


def read_cursor(text: str) -> dict[str, Any] | None:
    """The cursor of an id, as `session.open` takes it; None if it is no id of ours."""
    found = _CURSOR.fullmatch(text)
    if found is None:
        return None
    epoch, position, hash_ = found.groups()
    return {"epoch": epoch, "position": int(position), "hash": hash_ or None}

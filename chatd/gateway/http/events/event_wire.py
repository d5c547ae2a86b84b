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
from chatd.ports import Render, Row

RETRY: Final = 1000  # milliseconds after which a client that was cut off connects again
# A comment, so that proxies do not take the stream for dead. To some clients, an empty line is an event.
HEARTBEAT: Final = b":\n"
_CURSOR: Final = re.compile(r"([!-\-/-~]{1,64})\.(0|[1-9][0-9]{0,15})\.([0-9a-f]*)")


class EventWire:
    """Renders what a stream sends after its beginning. `epoch`: that of the server's log."""

    def __init__(self, epoch: str) -> None:
        self._epoch = epoch.encode()
        self.render: Render = self._events  # one object, because `Chunk` uses it as a key

    def _events(self, events: Sequence[Event]) -> bytes:
        return b"".join([self._one(event.frame()) for event in events])

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
def event_wire(epoch: str) -> EventWire:
    """The one of this epoch, so that all streams share what it renders."""
    return EventWire(epoch)


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

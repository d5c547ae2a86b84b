"""What the server tells without being asked: events and signals, with the contract's payloads."""

from __future__ import annotations

from typing import Any

import attrs
import msgspec

from chatd.client.conversion import read_event, read_signal
from chatd.contract.event import EventFrame
from chatd.contract.room_events import MessageEdited, MessagePosted
from chatd.contract.session import Cursor, SessionOpened

RELOADED = "session.reloaded"


@attrs.frozen(slots=True)
class Event:
    """A logged fact. `seq` is dense in its `stream`, `position` grows over the whole log, `at` is Unix
    milliseconds, `by` the account that did it.

    `data` is the payload that `chatd.contract.events` declares for the type, `Nothing` where the account is
    not shown it, and a dict where this library knows no such type or shape. A message that was erased after
    it was posted or edited comes without its text, when it comes late; one that was edited, with the newest.

    One type is the client's own: `session.reloaded` says that events were missed because the server's
    database is another one than before. Forget what you know; `data` is the new `SessionOpened`.
    """

    event: str
    stream: str
    seq: int
    position: int
    at: int
    by: str
    data: object
    epoch: str = attrs.field(default="", eq=False, repr=False)
    hash: str = attrs.field(default="", eq=False, repr=False)

    @property
    def cursor(self) -> Cursor:
        """From where to go on after this event."""
        return Cursor(self.epoch, self.position, self.hash or None)

    @property
    def room(self) -> str | None:
        """The id of the room in which it happened, None when it happened elsewhere."""
        kind, _, owner = self.stream.partition("/")
        return owner if kind == "room" else None

    @property
    def text(self) -> str | None:
        """What was said; None when that has been erased since, or when nothing was said."""
        if isinstance(self.data, MessagePosted | MessageEdited) and isinstance(self.data.text, str):
            return self.data.text
        return None

    def frame(self) -> EventFrame:
        """The event as the wire shows it, without what this library does not know."""
        return EventFrame(
            event=self.event,
            stream=self.stream,
            seq=self.seq,
            position=self.position,
            hash=self.hash,
            at=self.at,
            by=self.by,
            data=msgspec.to_builtins(self.data),
        )


@attrs.frozen(slots=True)
class Signal:
    """Something that passes and is not logged, such as `typing`. It may be dropped on its way.

    `data` is the payload that `chatd.contract.signals` declares, and a dict where this library knows no such
    type or shape.
    """

    signal: str
    stream: str
    by: str | None
    data: object


def event_of(frame: dict[str, Any], epoch: str = "") -> Event:
    """An event frame as an `Event`."""
    return Event(
        event=frame["event"],
        stream=frame["stream"],
        seq=frame["seq"],
        position=frame["position"],
        at=frame["at"],
        by=frame["by"],
        data=read_event(frame["event"], frame["stream"], frame.get("data") or {}),
        epoch=epoch,
        hash=frame.get("hash", ""),
    )


def signal_of(frame: dict[str, Any]) -> Signal:
    """A signal frame as a `Signal`."""
    name = frame["signal"]
    return Signal(name, frame.get("stream", ""), frame.get("by"), read_signal(name, frame.get("data") or {}))


def reloaded(opened: SessionOpened) -> Event:
    """The marker that takes the place of events which cannot be had any more."""
    return Event(RELOADED, "", 0, opened.position, 0, "", opened, opened.epoch, opened.hash)

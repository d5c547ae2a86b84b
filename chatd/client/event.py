"""What the server tells without being asked: events, signals, and the cursor between them."""

from __future__ import annotations

from typing import Any

import attrs

RELOADED = "session.reloaded"


@attrs.frozen(slots=True)
class Cursor:
    """The last event that the application has seen; give it to `connect` to go on after it.

    Positions of another `epoch` mean nothing: the database was replaced or restored.
    """

    epoch: str
    position: int

    def data(self) -> dict[str, Any]:
        return {"epoch": self.epoch, "position": self.position}


@attrs.frozen(slots=True)
class Event:
    """A logged fact. `seq` is dense in its `stream`, `position` grows over the whole log, `at` is Unix
    milliseconds, `by` the account that did it.

    A message that was erased after it was posted or edited comes without its text, when it comes late.

    One kind is the client's own: `session.reloaded` says that events were missed because the server's
    database is another one than before. Forget what you know; `data` is the new answer to `session.open`.
    """

    event: str
    stream: str
    seq: int
    position: int
    at: int
    by: str
    data: dict[str, Any]
    epoch: str = attrs.field(default="", eq=False, repr=False)

    @property
    def room(self) -> str | None:
        """The id of the room in which it happened, None when it happened elsewhere."""
        kind, _, owner = self.stream.partition("/")
        return owner if kind == "room" else None

    @property
    def text(self) -> str | None:
        """What was said; None when that has been erased since, or when nothing was said."""
        return self.data.get("text")

    def frame(self) -> dict[str, Any]:
        """The event as the wire shows it."""
        return attrs.asdict(self, filter=attrs.filters.exclude("epoch"))


@attrs.frozen(slots=True)
class Signal:
    """Something that passes and is not logged, such as `typing`. It may be dropped on its way."""

    signal: str
    stream: str
    by: str | None
    data: dict[str, Any]


def event_of(frame: dict[str, Any], epoch: str = "") -> Event:
    """An event frame as an `Event`."""
    return Event(
        event=frame["event"],
        stream=frame["stream"],
        seq=frame["seq"],
        position=frame["position"],
        at=frame["at"],
        by=frame["by"],
        data=frame.get("data") or {},
        epoch=epoch,
    )


def signal_of(frame: dict[str, Any]) -> Signal:
    """A signal frame as a `Signal`."""
    return Signal(frame["signal"], frame.get("stream", ""), frame.get("by"), frame.get("data") or {})


def reloaded(opened: dict[str, Any]) -> Event:
    """The marker that takes the place of events which cannot be had any more."""
    return Event(RELOADED, "", 0, opened["position"], 0, "", opened, opened["epoch"])

"""Facts and events: what happened, before and after the log gave it a place.

A `Fact` is decided but not yet durable; the history writer gives it a position and makes it an
`Event`. Nobody but the writer creates events, and nobody shows a fact to a client.
"""

from __future__ import annotations

from typing import Any, Final

import attrs
import msgspec

from chatd.contract.events import MEMBERSHIP, PERSONAL

Data = dict[str, Any]  # JSON-able, small, no secrets, nothing that is somebody's own


@attrs.frozen(slots=True)
class Fact:
    """What an actor decided: the `seq`-th thing to happen in `stream`.

    `at` is Unix milliseconds. `text` is the body, of a message or of a fact in `PERSONAL`: it travels
    beside `data`, because it is stored apart and can be erased while the fact stays.
    """

    stream: str
    seq: int
    type: str
    at: int
    by: str
    data: Data
    text: str | None = None

    def placed(self, position: int) -> Event:
        return Event(position, self.stream, self.seq, self.type, self.at, self.by, self.data, self.text)


@attrs.frozen(slots=True)
class Event:
    """A logged fact: durable, and at `position` in the one order of the whole log."""

    position: int
    stream: str
    seq: int
    type: str
    at: int
    by: str
    data: Data
    text: str | None = None

    def frame(self) -> Data:
        """The event as the wire shows it."""
        return {
            "event": self.type,
            "stream": self.stream,
            "seq": self.seq,
            "position": self.position,
            "at": self.at,
            "by": self.by,
            "data": payload(self),
        }


def body(**fields: Any) -> str:
    """What somebody says of themselves, as the text of a fact in `PERSONAL`."""
    return msgspec.json.encode(fields).decode()


def payload(event: Fact | Event) -> Data:
    """All that the event says: its data, and its body as far as it has not been erased."""
    if event.text is None:
        return event.data
    if event.type in PERSONAL:
        return {**event.data, **_read_body(event.text)}
    return {"text": event.text, **event.data}


_read_body: Final = msgspec.json.Decoder(Data).decode


def room_stream(room: str) -> str:
    return f"room/{room}"


def space_stream(space: str) -> str:
    return f"space/{space}"


def account_stream(account: str) -> str:
    return f"account/{account}"


def split_stream(stream: str) -> tuple[str, str]:
    """`room/01J…` → `("room", "01J…")`."""
    kind, _, owner = stream.partition("/")
    return kind, owner


def membership_change(event: Fact | Event) -> tuple[str, bool] | None:
    """`(account, True)` when this event lets an account into its stream, `(account, False)` when out."""
    entered = MEMBERSHIP.get(event.type)
    return None if entered is None else (event.data["account"], entered)


def within(event: Fact | Event) -> str | None:
    """The stream of the space that a room belongs to which this event lets somebody into."""
    space = event.data.get("space")
    return space_stream(space) if space and event.stream.startswith("room/") else None

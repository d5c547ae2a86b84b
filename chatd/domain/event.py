"""Facts and events: what happened, before and after it was logged.

A `Fact` is decided but not yet durable. The log writer gives it a position and makes it an `Event`; only the
log writer creates events, and only events are sent to clients.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import Struct

from chatd.contract.events import MEMBERSHIP, PERSONAL
from chatd.domain.names.folded import FIELD, Folded, stripped

Data = dict[str, Any]  # JSON values, small; no secrets and no personal data


class Fact(Struct, frozen=True):
    """What an actor decided: the `seq`-th thing to happen in `stream`.

    `at` is Unix milliseconds. `text` is the body of a message or of a fact in `PERSONAL`. It is
    kept apart from `data`, so that it can be erased while the fact remains. `files` is what is known of the
    files of a message, as clients are shown it beside `data`; it stands in the events of the files.
    """

    stream: str
    seq: int
    type: str
    at: int
    by: str
    data: Data
    text: str | None = None
    files: list[Data] | None = None

    def at_position(self, position: int, hash: str = "") -> Event:
        return Event(
            position,
            self.stream,
            self.seq,
            self.type,
            self.at,
            self.by,
            self.data,
            self.text,
            hash,
            self.files,
        )


class Event(Struct, frozen=True):
    """A logged fact: durable, and at `position` in the one order of the whole log.

    `hash` is how its hash in the chain begins (`chatd.contract.fields.EventHash`): it stands for the event
    and all before it.
    """

    position: int
    stream: str
    seq: int
    type: str
    at: int
    by: str
    data: Data
    text: str | None = None
    hash: str = ""
    files: list[Data] | None = None

    def frame(self) -> Data:
        """The event as the wire shows it."""
        return {
            "event": self.type,
            "stream": self.stream,
            "seq": self.seq,
            "position": self.position,
            "hash": self.hash,
            "at": self.at,
            "by": self.by,
            "data": payload(self),
        }


def encode_personal(**fields: Any) -> str:
    """The personal fields of an account, as the text of a fact in `PERSONAL`."""
    return msgspec.json.encode(fields).decode()


def payload(event: Fact | Event) -> Data:
    """The event's data and, unless erased, its body and its files, as clients are shown them."""
    if event.text is None:
        return stripped(event.data)
    if event.type in PERSONAL:
        return stripped({**event.data, **_read_body(event.text)})
    if event.files is not None:
        return {"text": event.text, **event.data, "files": event.files}
    return {"text": event.text, **event.data}


def folded_names(event: Fact | Event) -> dict[str, Folded]:
    """The names that an event of an account, room or space gives, folded, by their fields."""
    found: dict[str, Folded] = (event.data if event.text is None else _read_body(event.text)).get(FIELD, {})
    return found


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
    """`(account, True)` when the event makes an account join the stream, `(account, False)` leave it."""
    joins = MEMBERSHIP.get(event.type)
    return None if joins is None else (event.data["account"], joins)


def parent_space(event: Fact | Event) -> str | None:
    """The stream of the room's space, when by this event an account joins a room of a space."""
    space = event.data.get("space")
    return space_stream(space) if space and event.stream.startswith("room/") else None

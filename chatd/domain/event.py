"""Facts and events: what happened, before and after the log gave it a place.

A `Fact` is decided but not yet durable; the history writer gives it a position and makes it an
`Event`. Nobody but the writer creates events, and nobody shows a fact to a client.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs
import msgspec

from chatd.domain.policy.roles import Right

Data = dict[str, Any]  # JSON-able, small, no secrets, nothing that is somebody's own

# What an account says of itself stands in the body of these, as a JSON object beside `data`: it can be
# erased like the text of a message. Facts of older logs have it in `data`.
PERSONAL: Final = frozenset(
    {
        "account.created",
        "account.updated",
        "account.renamed",
        "bookmark.added",
        "preferences.updated",
        "message.reported",
        "report.resolved",
    }
)


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


# Which events let an account into their stream or take it out, and in which field it stands.
# Everybody who keeps track of who sees what (the members table, the bus) reads this one table.
ENTERS = {"member.joined": "account", "account.created": "account"}
LEAVES = {"member.left": "account", "member.kicked": "account", "member.banned": "account"}


def membership_change(event: Fact | Event) -> tuple[str, bool] | None:
    """`(account, True)` when this event lets an account into its stream, `(account, False)` when out."""
    if field := ENTERS.get(event.type):
        return event.data[field], True
    if field := LEAVES.get(event.type):
        return event.data[field], False
    return None


# Events after which nobody belongs to their stream any more.
DISSOLVES = frozenset({"space.deleted", "room.deleted"})


def within(event: Fact | Event) -> str | None:
    """The stream of the space that a room belongs to which this event lets somebody into."""
    space = event.data.get("space")
    return space_stream(space) if space and event.stream.startswith("room/") else None


# Events in a space's stream whose data is not for all who belong to it, and the right that it takes. Others
# are shown the event without, so that no seq is missing. Of `member.banned` that goes for strangers: whoever
# was a member is missed by all. It is decided when the log is read: by the role at the event's position.
SELECTIVE: Final[Mapping[str, Right]] = {
    "room.created": "room.see_public",
    "invite.created": "invite.list",
    "invite.revoked": "invite.list",
    "member.muted": "member.mute",
    "member.unmuted": "member.mute",
    "member.banned": "member.ban",
    "member.unbanned": "member.ban",
}

# Events with which texts leave the database for good.
ERASES = frozenset({"message.deleted", "account.deleted"})

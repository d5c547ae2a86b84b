"""Facts and events: what happened, before and after the log gave it a place.

A `Fact` is decided but not yet durable; the history writer gives it a position and makes it an
`Event`. Nobody but the writer creates events, and nobody shows a fact to a client.
"""

from __future__ import annotations

from typing import Any

import attrs

Data = dict[str, Any]  # JSON-able, small, no secrets, no message text


@attrs.frozen(slots=True)
class Fact:
    """What an actor decided: the `seq`-th thing to happen in `stream`.

    `at` is Unix milliseconds. `text` is the body of a message: it travels beside `data`, because it
    is stored apart and can be erased while the fact stays.
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
        data = self.data if self.text is None else {"text": self.text, **self.data}
        return {
            "event": self.type,
            "stream": self.stream,
            "seq": self.seq,
            "position": self.position,
            "at": self.at,
            "by": self.by,
            "data": data,
        }


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


# Events with which texts leave the database for good.
ERASES = frozenset({"message.deleted"})

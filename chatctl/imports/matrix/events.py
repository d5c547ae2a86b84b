"""Events as they come: what is in them is anybody's choice, so all of it is looked at before it is used."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

from chatctl.imports.records import plain
from chatctl.imports.wall_clock import LATEST

MAX_NAME: Final = 200  # characters of a name


class Event(Struct, frozen=True):
    type: str | None = None
    event_id: str | None = None
    room_id: str | None = None
    sender: str | None = None
    state_key: str | None = None
    origin_server_ts: int | float | None = None
    content: dict[str, Any] | None = None
    unsigned: dict[str, Any] | None = None
    redacts: str | None = None  # before version 11 of rooms; then it stands in the content

    @property
    def at(self) -> int | None:
        """None if no message can have this time."""
        time = self.origin_server_ts
        return int(time) if time is not None and 0 <= time < LATEST else None


def text_of(of: object, *path: str) -> str:
    """A string somewhere in it, made fit; empty where there is none."""
    found = value_of(of, *path)
    return plain(found) if isinstance(found, str) else ""


def value_of(of: object, *path: str) -> Any:
    for name in path:
        of = of.get(name) if isinstance(of, dict) else None
    return of


def relation(event: Event) -> tuple[str, str]:
    """Kind of the relation and id of the event that it is to; empty where there is none."""
    about = value_of(event.content, "m.relates_to")
    return text_of(about, "rel_type"), text_of(about, "event_id")


def local_part(mxid: str) -> str:
    """`alice` of `@alice:example.org`."""
    return mxid.removeprefix("@").partition(":")[0] or mxid

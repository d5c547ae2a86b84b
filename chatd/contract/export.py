"""The export of a room, or of a space with its rooms: all that the caller may read in them, in pages."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from chatd.contract.fields import DEFAULT_PAGE, Id, Limit, Token
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command

PlaceItemKind = Literal["space", "emoji", "room", "member", "author", "message", "edit", "reaction", "pin"]


class ExportRoom(Struct, frozen=True):
    room: Id
    after: Token | None = None
    limit: Limit = DEFAULT_PAGE


class ExportSpace(Struct, frozen=True):
    space: Id
    after: Token | None = None
    limit: Limit = DEFAULT_PAGE


class PlaceItem(Struct, frozen=True, kw_only=True):
    """`data` names its `room` or `space`, and what it is about there."""

    kind: PlaceItemKind
    data: dict[str, Any]


class PlaceExport(Struct, frozen=True, kw_only=True):
    """What was written up to `position`, the place of the event with which the export began."""

    items: list[PlaceItem]
    position: int
    next: str | None


_NOTES = (
    "Items stand in the order of their kinds: {kinds}. A `message` has its text of now; `original` is its"
    " first one, and each `edit` a later one, where the caller may see versions. Of a deleted message there"
    " is only that it was there. `member` names those too who left (`left_at`), `author` whoever wrote,"
    " reacted or pinned without ever having been a member, as imported bots do. Nothing that was erased is"
    " in it, also if that happens between two pages.",
    "The first page (no `after`) logs the event `{event}`, which tells all members who did it. What was"
    " written later is not in the export; names and pins are those of now. `after` is the `next` of the page"
    " before; it is good for who began the export, as long as they may (`invalid`: begin again).",
)
_IN_A_ROOM = "`room`, `member`, `author`, `message`, `edit`, `reaction`, `pin`"

REQUESTS: tuple[RequestType, ...] = (
    command(
        "room.export",
        ExportRoom,
        PlaceExport,
        doc="Exports a room, in pages.",
        http=Http("POST", "/rooms/{room}/export"),
        scope="never",
        rate="query",
        refusals=("not_found",),
        events=("room.exported",),
        notes=(
            "For owners and admins of the space who see the room (a private one only as its members), and for"
            " operators. A direct room may be exported by everybody whom it is for; of what others wrote in"
            " it they get no versions.",
            *(note.format(kinds=_IN_A_ROOM, event="room.exported") for note in _NOTES),
        ),
    ),
    command(
        "space.export",
        ExportSpace,
        PlaceExport,
        doc="Exports a space with its rooms, in pages.",
        http=Http("POST", "/spaces/{space}/export"),
        scope="never",
        rate="query",
        refusals=("not_found",),
        events=("space.exported",),
        notes=(
            "For owners and admins, who get the rooms that they see, and for operators, who get all.",
            *(
                note.format(
                    kinds=f"`space`, `member`, `emoji`; for each room {_IN_A_ROOM}", event="space.exported"
                )
                for note in _NOTES
            ),
        ),
    ),
)

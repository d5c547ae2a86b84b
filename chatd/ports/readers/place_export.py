"""All that is in a room, or said of a space, section by section."""

from __future__ import annotations

from typing import Final, Protocol

from msgspec import Struct

from chatd.contract.export import PlaceItemKind
from chatd.ports.rows import Row

SPACE_SECTIONS: Final[tuple[PlaceItemKind, ...]] = ("space", "member", "emoji")
ROOM_SECTIONS: Final[tuple[PlaceItemKind, ...]] = (
    *("room", "member", "author", "message", "edit", "reaction", "pin"),
)


class SectionKey(Struct, frozen=True):
    """The key of an item in its section, by which the items stand in order."""

    a: int
    b: str
    c: str


BEFORE_ALL: Final = SectionKey(0, "", "")


class PlaceExportReader(Protocol):
    async def export_section(
        self,
        stream: str,
        kind: PlaceItemKind,
        after: SectionKey,
        upto: int,
        limit: int,
        versions_of: str | None = None,
    ) -> list[tuple[SectionKey, Row]]:
        """Items of a section of a room or space that come after a key and were written up to the position
        `upto`; none at the end. `versions_of`: earlier texts only of what this account wrote."""

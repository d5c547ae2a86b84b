"""The handlers of `room.export` and `space.export`: all that the caller may read there, in pages.

The first page logs that the export was begun. Its event stands in every cursor: a page is given only for an
event that is in the log with this author, so that nobody gets a page without a trace, and none after another
history has taken the place of this one.
"""

from __future__ import annotations

import base64
import binascii
from typing import Final

import msgspec

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.actors.runtime.directory import Directory
from chatd.contract.errors import Refusal
from chatd.contract.export import ExportRoom, ExportSpace, PlaceExport, PlaceItem, PlaceItemKind
from chatd.domain import export
from chatd.domain.decision import Context
from chatd.domain.event import room_stream, space_stream
from chatd.domain.policy import access
from chatd.domain.room.state import RoomState
from chatd.domain.space.state import SpaceState
from chatd.handlers.paging import PAGE_BYTES
from chatd.ports import BEFORE_ALL, ROOM_SECTIONS, SPACE_SECTIONS, Caller, Reader, Row, SectionKey

AT_ONCE: Final = 64  # items that are read before somebody else gets a turn
AUTHORS_AT_ONCE: Final = 500  # they are sorted anew for each such piece
BAD_CURSOR: Final = Refusal(
    "invalid", "after must be the `next` of the previous page of this export; begin the export again"
)


class Place(msgspec.Struct, frozen=True):
    """Behind which item a page begins: of a room (empty: of the space itself), of a section."""

    room: str = ""
    kind: str = ""
    key: SectionKey = BEFORE_ALL


class PlaceExports(msgspec.Struct, frozen=True, eq=False):
    """What both have in common."""

    reader: Reader
    commands: CommandBus
    directory: Directory

    async def begun(
        self, stream: str, caller: Caller, after: str | None
    ) -> tuple[export.BegunExport, Place] | Refusal:
        """The event with which the export began, logged now if this is its first page; and the place."""
        if after is None:
            context = context_of(caller, with_id=False)
            answer = await self.commands.ask(stream, export.BeginExport(), context, export.BegunExport)
            return answer if isinstance(answer, Refusal) else (answer, Place())
        found = _decode(after)
        if found is None:
            return BAD_CURSOR
        begun, place = found
        for event in await self.reader.stream_events(stream, begun.seq - 1, 1):
            said = (event.seq, event.position, event.at, event.by)
            if said == (begun.seq, begun.position, begun.at, caller.by) and event.type.endswith(".exported"):
                return begun, place
        return BAD_CURSOR

    async def fill(
        self,
        page: Filling,
        stream: str,
        sections: tuple[PlaceItemKind, ...],
        place: Place,
        upto: int,
        versions_of: str | None = None,
    ) -> None:
        """Adds the items behind a place, section by section, until the page is full or there are no more."""
        begin = next((index for index, kind in enumerate(sections) if kind == place.kind), 0)
        for kind in sections[begin:]:
            key, more = place.key if kind == place.kind else BEFORE_ALL, True
            at_once = AUTHORS_AT_ONCE if kind == "author" else AT_ONCE
            while more:
                rows = await self.reader.export_section(stream, kind, key, upto, at_once, versions_of)
                more = len(rows) == at_once
                for key, row in rows:
                    page.add(Place(place.room, kind, key), kind, row)
                    if page.full:
                        return


class Filling(msgspec.Struct, eq=False):
    """A page that is being filled, with at most `limit` items and little more than `PAGE_BYTES`."""

    begun: export.BegunExport
    limit: int
    items: list[PlaceItem] = msgspec.field(default_factory=list)
    size: int = 0
    last: Place = Place()  # that of the newest item

    @property
    def full(self) -> bool:
        return len(self.items) >= self.limit or self.size >= PAGE_BYTES

    def add(self, place: Place, kind: PlaceItemKind, row: Row) -> None:
        self.items.append(PlaceItem(kind=kind, data=row))
        self.size += len(msgspec.json.encode(row))
        self.last = place

    def page(self) -> PlaceExport:
        """What is in it. After one that is full there may be nothing more: nobody has looked."""
        following = _encode(self.begun, self.last) if self.full else None
        return PlaceExport(items=self.items, position=self.begun.position, next=following)


class RoomExports(msgspec.Struct, frozen=True, eq=False):
    exports: PlaceExports

    async def export(self, caller: Caller, command: ExportRoom) -> PlaceExport | Refusal:
        stream = room_stream(command.room)
        begun = await self.exports.begun(stream, caller, command.after)
        if isinstance(begun, Refusal):
            return begun
        state: RoomState = await self.exports.directory.state_of(stream)
        space = SpaceState("")
        if state.space:
            space = await self.exports.directory.state_of(space_stream(state.space))
        if refusal := export.refuse_room(state, space, context_of(caller, with_id=False)):
            return refusal
        event, place = begun
        whose = caller.account if state.direct and not caller.operator else None
        filling = Filling(event, command.limit)
        await self.exports.fill(filling, stream, ROOM_SECTIONS, place, event.position, whose)
        return filling.page()


class SpaceExports(msgspec.Struct, frozen=True, eq=False):
    exports: PlaceExports

    async def export(self, caller: Caller, command: ExportSpace) -> PlaceExport | Refusal:
        stream = space_stream(command.space)
        begun = await self.exports.begun(stream, caller, command.after)
        if isinstance(begun, Refusal):
            return begun
        context = context_of(caller, with_id=False)
        state: SpaceState = await self.exports.directory.state_of(stream)
        if refusal := export.refuse_space(state, context):
            return refusal
        event, place = begun
        filling = Filling(event, command.limit)
        if not place.room:
            await self.exports.fill(filling, stream, SPACE_SECTIONS, place, event.position)
        rooms = [row["id"] for row in await self.exports.reader.rooms(space=command.space)]
        for room in rooms:
            if filling.full:
                break
            if room >= place.room and await self._sees(command.space, room, context):
                begin = place if room == place.room else Place(room)
                await self.exports.fill(filling, room_stream(room), ROOM_SECTIONS, begin, event.position)
        return filling.page()

    async def _sees(self, space: str, room: str, context: Context) -> bool:
        directory = self.exports.directory
        state: RoomState = await directory.state_of(room_stream(room))
        around: SpaceState = await directory.state_of(space_stream(space))
        return access.visible(state, around, context)


# --- the cursor --------------------------------------------------------------------------------------------

_Cells = tuple[int, int, int, str, str, int, str, str]
_decode_cells: Final = msgspec.json.Decoder(_Cells).decode


def _encode(begun: export.BegunExport, place: Place) -> str:
    key = place.key
    cells: _Cells = (begun.seq, begun.position, begun.at, place.room, place.kind, key.a, key.b, key.c)
    return base64.urlsafe_b64encode(msgspec.json.encode(cells)).decode()


def _decode(cursor: str) -> tuple[export.BegunExport, Place] | None:
    try:
        seq, position, at, room, kind, a, b, c = _decode_cells(
            base64.urlsafe_b64decode(cursor.encode("ascii"))
        )
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        return None
    if not 0 < seq < 2**53 or abs(a) >= 2**63 or kind not in (*SPACE_SECTIONS, *ROOM_SECTIONS):
        return None
    return export.BegunExport(seq, position, at), Place(room, kind, SectionKey(a, b, c))

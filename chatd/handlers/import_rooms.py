"""The handler that finds the rooms of an import, or makes them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Final

import msgspec

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.actors.runtime.envelope import STALE
from chatd.clock import now
from chatd.contract.direct import MAX_PEOPLE
from chatd.contract.errors import Refusal
from chatd.contract.import_ import AddImportRooms, ImportedRoom, ImportedRooms, ImportRoom
from chatd.contract.room import RoomResult
from chatd.domain.event import room_stream, space_stream
from chatd.domain.internal import MakeImportedDirectRoom, MakeImportedRoom
from chatd.domain.names.taken import ROOM_NAME_TAKEN
from chatd.domain.room.direct import PAIR, direct_room
from chatd.domain.room.state import NO_SUCH_ROOM
from chatd.handlers.imports import TAKEN_BACK, acting, admit, open_import, refuse_strangers
from chatd.handlers.visibility import Visibility
from chatd.ports import AccountsRemain, Caller, ImportOpen, ImportRoomUnknown, PutImportRoom, Reader, Row

LONGEST_NAME: Final = 80
TRIES: Final = 100  # names that are tried for a room
PEOPLE: Final = Refusal(
    "invalid", f"members: a direct room has {PAIR} to {MAX_PEOPLE} people; make a private room for others"
)


class ImportRooms(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    commands: CommandBus
    visibility: Visibility

    async def add_rooms(self, caller: Caller, command: AddImportRooms) -> ImportedRooms | Refusal:
        row = await open_import(self.reader, command.import_)
        if isinstance(row, Refusal):
            return row
        keys = [room.key for room in command.rooms]
        known = {one["key"]: one for one in await self.reader.import_rooms(row["space"], row["source"], keys)}
        found: list[ImportedRoom] = []
        for room in command.rooms:
            one = known.get(room.key)
            if one is None or (one["deleted"] and room.room is not None):
                made = await self._add(caller, row, room)
            elif one["deleted"]:
                made = _gone(one)
            else:
                made = await self._admit(caller, row, room, one["room"], one["name"], bool(one["own"]))
            if isinstance(made, Refusal):
                return made
            found.append(made)
        return ImportedRooms(rooms=found)

    async def _add(self, caller: Caller, row: Row, room: ImportRoom) -> ImportedRoom | Refusal:
        if room.room is not None:
            return await self._map(caller, row, room, room.room)
        if room.kind == "direct":
            return await self._make_direct(caller, row, room)
        context = context_of(acting(caller))
        for name in _names(room.name, row["format"]):
            making = MakeImportedRoom(
                name,
                room.kind == "private",
                room.archived,
                now() if room.created_at is None else room.created_at,
                tuple(room.members),
                room.topic,
                row["id"],
            )
            put = PutImportRoom(row["space"], row["source"], room.key, context.new_id, row["id"])
            answer = await self.commands.ask(
                space_stream(row["space"]),
                making,
                context,
                RoomResult,
                put,
                conditions=(ImportOpen(row["id"]), ImportRoomUnknown(row["space"], row["source"], room.key)),
            )
            if answer == STALE:  # somebody imports the same at once, or takes it back
                return await self._known(caller, row, room) or TAKEN_BACK
            if not isinstance(answer, Refusal):
                return ImportedRoom(key=room.key, room=answer.room.id, name=name, made=True, own=True)
            if answer != ROOM_NAME_TAKEN:
                return answer
        return ROOM_NAME_TAKEN

    async def _known(self, caller: Caller, row: Row, room: ImportRoom) -> ImportedRoom | Refusal | None:
        found = await self.reader.import_rooms(row["space"], row["source"], [room.key])
        if not found:
            return None
        if found[0]["deleted"]:
            return _gone(found[0])
        one = found[0]
        return await self._admit(caller, row, room, one["room"], one["name"], bool(one["own"]))

    async def _map(self, caller: Caller, row: Row, room: ImportRoom, id_: str) -> ImportedRoom | Refusal:
        """To a room that is here already."""
        state = await self.visibility.room(caller, id_)
        if isinstance(state, Refusal):
            return state
        if state.space != row["space"]:
            return NO_SUCH_ROOM
        put = PutImportRoom(row["space"], row["source"], room.key, id_, None)
        if not await self.commands.write(put, conditions=(ImportOpen(row["id"]),)):
            return TAKEN_BACK
        return await self._admit(caller, row, room, id_, state.name, own=False)

    async def _make_direct(self, caller: Caller, row: Row, room: ImportRoom) -> ImportedRoom | Refusal:
        people = sorted(set(room.members))
        if not PAIR <= len(people) <= MAX_PEOPLE:
            return PEOPLE
        if refusal := await refuse_strangers(self.reader, people):
            return refusal
        gone = await self.reader.of_deleted(people)
        making = MakeImportedDirectRoom(tuple(people), tuple(gone), room.created_at)
        context = context_of(acting(caller))
        open_ = (ImportOpen(row["id"]),)
        remain = AccountsRemain(tuple(one for one in people if one not in gone))
        for nth in count():
            id_ = direct_room(people, nth)
            # Put with the room, if this makes it: it is known to whom it belongs as long as it is there.
            put = PutImportRoom(row["space"], row["source"], room.key, id_, row["id"])
            answer = await self.commands.ask(
                room_stream(id_), making, context, RoomResult, put, conditions=(*open_, remain)
            )
            if answer != NO_SUCH_ROOM:  # else it was deleted
                break
        if answer == STALE:
            now_open = await open_import(self.reader, row["id"])
            if isinstance(now_open, Refusal):
                return now_open
            return await self._make_direct(caller, row, room)
        if isinstance(answer, Refusal):
            return answer
        found = await self.reader.import_rooms(row["space"], row["source"], [room.key])
        if not found:
            found_here = msgspec.structs.replace(put, import_=None)
            if not await self.commands.write(found_here, conditions=open_):
                return TAKEN_BACK
        own = bool(found and found[0]["own"])
        return ImportedRoom(key=room.key, room=id_, name="", made=own, own=own)

    async def _admit(
        self, caller: Caller, row: Row, room: ImportRoom, id_: str, name: str, own: bool
    ) -> ImportedRoom | Refusal:
        """Who is in it by now. The people of a direct room, which has no name, stay the same."""
        if name:
            stream = room_stream(id_)
            refusal = await admit(self.reader, self.commands, caller, row["id"], stream, room.members)
            if refusal:
                return refusal
        return ImportedRoom(key=room.key, room=id_, name=name, made=False, own=own)


def _gone(row: Row) -> ImportedRoom:
    """Who deleted a room here does not get it back."""
    return ImportedRoom(
        key=row["key"], room=row["room"], name=row["name"], made=False, own=bool(row["own"]), deleted=True
    )


def _names(name: str, format_: str) -> Iterator[str]:
    """The name itself, then ones like it that say where it came from."""
    yield name
    for number in range(1, TRIES):
        end = f"-{format_}" if number == 1 else f"-{format_}-{number}"
        yield f"{name[: LONGEST_NAME - len(end)]}{end}"

"""The handler that takes an import back, a bounded piece with each call."""

from __future__ import annotations

from typing import Final

import msgspec

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.actors.runtime.envelope import STALE
from chatd.actors.workers.deletions import Deletions
from chatd.contract.errors import Refusal
from chatd.contract.field_errors import quote
from chatd.contract.import_ import UNDONE_AT_ONCE, ImportUndone, UndoImport
from chatd.contract.spec import Done
from chatd.domain.decision import Context
from chatd.domain.event import room_stream, space_stream
from chatd.domain.internal import DeleteImportedRoom, EndImport, EraseImported
from chatd.handlers.import_traces import ImportTraces
from chatd.handlers.imports import NO_SUCH_IMPORT, acting
from chatd.ports import Caller, CloseImport, NoMessageAfter, PlaceholderUnclaimed, Reader, Row

ROOMS_AT_ONCE: Final = 200  # that a call deletes
ACCOUNTS_AT_ONCE: Final = 200  # whose deletion a call orders
REASON: Final = "the import was taken back"


class ImportUndo(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    commands: CommandBus
    deletions: Deletions
    traces: ImportTraces

    async def undo(self, caller: Caller, command: UndoImport) -> ImportUndone | Refusal:
        """Messages first, so that what is cut off leaves rooms and people with which it can go on."""
        row = await self.reader.import_(command.import_)
        if row is None:
            return NO_SUCH_IMPORT
        context = context_of(acting(caller), with_id=False)
        if row["undone_at"] is None and (refusal := await self._end(row, context)):
            return refusal
        for take_back in (self._take_back_messages, self._take_back_rooms, self._take_back_people):
            if (so_far := await take_back(command.import_, context)) is not None:
                return so_far
        if refusal := await self.traces.remove(row, context):
            return refusal
        people = await self.reader.people_in_use(command.import_)
        members, emoji = await self.traces.left(row)
        stays_with = await self.reader.standing_import(row["space"], row["source"])
        await self.commands.write(CloseImport(command.import_))
        return ImportUndone(
            erased=0,
            done=True,
            rooms_left=await self.reader.rooms_in_use(command.import_),
            people_left=people,
            members_left=members,
            emoji_left=emoji,
            stays_with=stays_with,
        )

    async def _end(self, row: Row, context: Context) -> Refusal | None:
        """From now on nothing is added to it."""
        if held := await self.reader.import_on_hold(row["id"]):
            return _on_hold(held)
        ending = EndImport(row["id"], undone=True)
        answer = await self.commands.ask(space_stream(row["space"]), ending, context, Done)
        return answer if isinstance(answer, Refusal) else None

    # --- each takes back some of what there is; None: nothing is left of it

    async def _take_back_messages(self, import_: str, context: Context) -> ImportUndone | Refusal | None:
        brought = await self.reader.brought_by(import_, UNDONE_AT_ONCE)
        for room in {one["room"] for one in brought}:
            of_room = tuple((one["seq"], one["key"]) for one in brought if one["room"] == room)
            answer = await self.commands.ask(room_stream(room), EraseImported(of_room), context, Done)
            if isinstance(answer, Refusal):
                return answer
        return ImportUndone(erased=len(brought), done=False) if brought else None

    async def _take_back_rooms(self, import_: str, context: Context) -> ImportUndone | Refusal | None:
        unused = await self.reader.unused_rooms_of(import_, ROOMS_AT_ONCE)
        for made in unused:
            if refusal := await self._delete_room(import_, made["room"], made["last"], context):
                return refusal
        return ImportUndone(erased=0, done=False) if len(unused) == ROOMS_AT_ONCE else None

    async def _take_back_people(self, import_: str, context: Context) -> ImportUndone | None:
        placeholders = await self.reader.placeholders_of(import_, ACCOUNTS_AT_ONCE)
        for account in placeholders:
            unclaimed = (PlaceholderUnclaimed(account),)
            await self.deletions.order(account, context.by, REASON, messages=True, conditions=unclaimed)
        return ImportUndone(erased=0, done=False) if placeholders else None

    async def _delete_room(self, import_: str, room: str, last: int, context: Context) -> Refusal | None:
        """Unless somebody writes there now: then it is in use."""
        deleting, conditions = DeleteImportedRoom(import_, REASON), (NoMessageAfter(room, last),)
        answer = await self.commands.ask(room_stream(room), deleting, context, Done, conditions=conditions)
        return answer if isinstance(answer, Refusal) and answer != STALE else None


def _on_hold(held: Row) -> Refusal:
    if held["room"] is None:
        where, how = f"the space {quote(held['name'])}", "space.set_hold"
    else:
        where, how = f"the room {quote(held['name'] or held['room'])}", "room.set_hold"
    return Refusal(
        "conflict", f"nothing was taken back: a legal hold stands on {where}, and must be ended first ({how})"
    )

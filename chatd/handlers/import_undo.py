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
from chatd.contract.room import DeleteRoom
from chatd.contract.spec import Done
from chatd.domain.decision import Context
from chatd.domain.event import room_stream, space_stream
from chatd.domain.internal import EndImport, EraseImported
from chatd.handlers.import_traces import ImportTraces
from chatd.handlers.imports import NO_SUCH_IMPORT, acting
from chatd.ports import Caller, CloseImport, NoMessageAfter, PlaceholderUnclaimed, Reader, Row

ACCOUNTS_AT_ONCE: Final = 50  # whose deletion a call orders
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
        if row["undone_at"] is None:  # from now on nothing is added to it
            if held := await self.reader.import_on_hold(command.import_):
                return _on_hold(held)
            ending = EndImport(command.import_, undone=True)
            answer = await self.commands.ask(space_stream(row["space"]), ending, context, Done)
            if isinstance(answer, Refusal):
                return answer
        brought = await self.reader.brought_by(command.import_, UNDONE_AT_ONCE)
        if brought:
            for room in {one["room"] for one in brought}:
                erasing = EraseImported(
                    tuple((one["seq"], one["key"]) for one in brought if one["room"] == room)
                )
                answer = await self.commands.ask(room_stream(room), erasing, context, Done)
                if isinstance(answer, Refusal):
                    return answer
            return ImportUndone(erased=len(brought), done=False)
        rooms_left = await self._delete_rooms(command.import_, context)
        if isinstance(rooms_left, Refusal):
            return rooms_left
        placeholders = await self.reader.placeholders_of(command.import_, ACCOUNTS_AT_ONCE)
        for account in placeholders:
            unclaimed = (PlaceholderUnclaimed(account),)
            await self.deletions.order(account, caller.by, REASON, messages=True, conditions=unclaimed)
        if placeholders:
            return ImportUndone(erased=0, done=False)
        if refusal := await self.traces.remove(row, context):
            return refusal
        people = await self.reader.people_in_use(command.import_)
        members, emoji = await self.traces.left(row)
        stays_with = await self.reader.standing_import(row["space"], row["source"])
        await self.commands.write(CloseImport(command.import_))
        return ImportUndone(
            erased=0,
            done=True,
            rooms_left=rooms_left,
            people_left=people,
            members_left=members,
            emoji_left=emoji,
            stays_with=stays_with,
        )

    async def _delete_rooms(self, import_: str, context: Context) -> int | Refusal:
        """Deletes those that it made and in which nobody else has written; how many are left."""
        left = 0
        for made in await self.reader.rooms_made_by(import_):
            room = made["room"]
            answer: Done | Refusal = STALE
            if not made["used"]:
                conditions = (NoMessageAfter(room, made["last"]),)
                deleting = DeleteRoom(room, REASON)
                answer = await self.commands.ask(
                    room_stream(room), deleting, context, Done, conditions=conditions
                )
            if answer == STALE:  # somebody writes there
                left += 1
            elif isinstance(answer, Refusal):
                return answer
        return left


def _on_hold(held: Row) -> Refusal:
    if held["room"] is None:
        where, how = f"the space {quote(held['name'])}", "space.set_hold"
    else:
        where, how = f"the room {quote(held['name'] or held['room'])}", "room.set_hold"
    return Refusal(
        "conflict", f"nothing was taken back: a legal hold stands on {where}, and must be ended first ({how})"
    )

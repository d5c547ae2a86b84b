"""Handlers of what retention and legal holds are about to erase: how much it is, for who may set a rule; and
what was deleted under a hold, which operators read and nobody else."""

from __future__ import annotations

from typing import Final

import msgspec

from chatd.actors.runtime.command_bus import context_of
from chatd.clock import now
from chatd.contract.errors import Refusal
from chatd.contract.retention import (
    CountOldMessages,
    ListPreserved,
    OldMessages,
    PreservedMessage,
    PreservedPage,
)
from chatd.contract.rows import pick
from chatd.domain.policy import access
from chatd.domain.retention import WHAT
from chatd.domain.room.direct import DIRECT_ROOM_CLOSED
from chatd.domain.space.moderation import needs_role
from chatd.handlers.paging import fitting, text_size
from chatd.handlers.rows import file_infos
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, Reader, Row

HOLDS: Final = Refusal("forbidden", "legal holds are for operators and admins")


class PreservedMessages(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    visibility: Visibility

    async def count_old(self, caller: Caller, query: CountOldMessages) -> OldMessages | Refusal:
        if (query.room is None) == (query.space is None):
            return Refusal("invalid", "name a room or a space, one of the two")
        if not (caller.operator or caller.admin):
            if query.hold_ends:
                return HOLDS
            if (refusal := await self._refusal(caller, query)) is not None:
                return refusal
        count, oldest = await self.reader.old_messages(
            query.room, query.space, now(), query.keep_days, query.hold_ends
        )
        preserved = 0
        if query.hold_ends:
            preserved = await self.reader.released_messages(query.room, query.space)
        return OldMessages(messages=count, oldest=oldest, preserved=preserved)

    async def _refusal(self, caller: Caller, query: CountOldMessages) -> Refusal | None:
        """The one that whoever set the rule would get."""
        if query.room is None:
            space = await self.visibility.space_with(caller, query.space or "", "space.set_retention", WHAT)
            return space if isinstance(space, Refusal) else None
        found = await self.visibility.room_and_space(caller, query.room)
        if isinstance(found, Refusal):
            return found
        state, around = found
        if state.direct:
            return DIRECT_ROOM_CLOSED
        context = context_of(caller, with_id=False)
        allowed = access.holds(state, around, context, "room.set_retention")
        return None if allowed else needs_role("room.set_retention", WHAT)

    async def preserved(self, caller: Caller, query: ListPreserved) -> PreservedPage | Refusal:
        rows = await self.reader.preserved_messages(query.room, query.after or 0, query.limit + 1)
        page = fitting(rows[: query.limit], _size)
        more = len(page) < len(rows)
        messages = [pick(PreservedMessage, row, files=file_infos(row["files"])) for row in page]
        return PreservedPage(messages=messages, next=messages[-1].seq if more else None)


def _size(row: Row) -> int:
    return sum(text_size(text) for text in row["texts"])

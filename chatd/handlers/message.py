"""Handler of single messages, for those who may see them."""

from __future__ import annotations

from typing import Final

import msgspec

from chatd.actors.runtime.directory import Directory
from chatd.contract.errors import Refusal
from chatd.contract.message import GetMessage, ListEdits, MessageResult, MessageVersion, MessageVersions
from chatd.contract.rows import pick
from chatd.domain.event import space_stream
from chatd.domain.room.message import NO_SUCH_MESSAGE, may_see_edits
from chatd.handlers.paging import page_of, text_size
from chatd.handlers.rows import message_row
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, Reader, Row

NO_VERSIONS: Final = Refusal("forbidden", "only the author and moderators may see the versions of a message")


class MessageReading(msgspec.Struct, frozen=True, eq=False):
    """A message that the caller may see."""

    reader: Reader
    visibility: Visibility

    async def message(self, caller: Caller, room: str, seq: int) -> Row | Refusal:
        """Raises StoreUnavailable."""
        state = await self.visibility.room(caller, room)
        if isinstance(state, Refusal):
            return state
        found = await self.reader.messages(room, [seq])
        return found[0] if found else NO_SUCH_MESSAGE


class Messages(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    directory: Directory
    visibility: Visibility
    reading: MessageReading

    async def get(self, caller: Caller, query: GetMessage) -> MessageResult | Refusal:
        found = await self.reading.message(caller, query.room, query.seq)
        return found if isinstance(found, Refusal) else MessageResult(message=message_row(found))

    async def edits(self, caller: Caller, query: ListEdits) -> MessageVersions | Refusal:
        found = await self.reading.message(caller, query.room, query.seq)
        if isinstance(found, Refusal):
            return found
        state = await self.visibility.room(caller, query.room)
        if isinstance(state, Refusal):
            return state
        role = None
        if state.space:
            role = (await self.directory.state_of(space_stream(state.space))).role(caller.by)
        if not (caller.operator or may_see_edits(found["by"], caller.by, role)):
            return NO_VERSIONS
        rows = await self.reader.edits(query.room, query.seq)
        page, following = page_of(
            list(enumerate(rows, 1)),
            query.after,
            query.limit,
            lambda one: f"{one[0]:06}",
            lambda one: text_size(one[1]["text"]),
        )
        return MessageVersions(versions=[pick(MessageVersion, row) for _, row in page], next=following)

"""The handler of read markers: marking as unread. Rooms move markers forward themselves (`read.mark`)."""

from __future__ import annotations

import msgspec

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.contract.errors import Refusal
from chatd.contract.read import MarkUnread
from chatd.contract.spec import DONE, Done
from chatd.domain.event import account_stream, room_stream
from chatd.domain.internal import ForgetMarker, RecordUnread
from chatd.domain.room.decide import beyond_head
from chatd.domain.room.message import JOIN_FIRST
from chatd.handlers.refusals import OPERATOR_KEEPS_NOTHING
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, MoveMarkerBack, Reader


class ReadMarkers(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    commands: CommandBus
    visibility: Visibility

    async def mark_unread(self, caller: Caller, command: MarkUnread) -> Done | Refusal:
        """The marker and the event are durable together; then the room learns that it remembers another."""
        account, room, seq = caller.account, command.room, command.seq
        if account is None:
            return OPERATOR_KEEPS_NOTHING
        state = await self.visibility.room(caller, room)
        if isinstance(state, Refusal):
            return state
        if account not in state.members:
            return JOIN_FIRST
        if seq > state.head:
            return beyond_head(state)
        if await self.reader.read_marker(account, room) < seq:
            return DONE
        context, back = context_of(caller), MoveMarkerBack(account, room, seq - 1)
        stream = account_stream(account)
        answer = await self.commands.ask(stream, RecordUnread(room, seq), context, Done, back)
        await self.commands.ask(room_stream(room), ForgetMarker(), context, Done)
        return answer

"""Handlers of members: what their space cannot decide alone."""

from __future__ import annotations

import msgspec

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.actors.workers.due_timer import DueTimer
from chatd.contract.erasure import Erasure, ErasureList, ListErasures
from chatd.contract.errors import Refusal
from chatd.contract.member import BanMember, EraseMessages, MessageErasure, RoomMessages
from chatd.contract.rows import pick
from chatd.contract.spec import Done
from chatd.domain.event import space_stream
from chatd.domain.internal import BanAccount, OrderErasure
from chatd.domain.space.erasure import RIGHT, refuse_erasure
from chatd.handlers.paging import page_of
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, Reader


class Members(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    commands: CommandBus

    async def ban(self, caller: Caller, command: BanMember) -> Done | Refusal:
        """Also bans an account that is not in the space, if there is such an account."""
        row = await self.reader.account(command.account)
        exists = row is not None and not row["deleted"]
        ban = BanAccount(command.account, command.reason, command.for_, exists)
        context = context_of(caller, with_id=False)
        return await self.commands.ask(space_stream(command.space), ban, context, Done)


class MessageErasures(msgspec.Struct, frozen=True, eq=False):
    """Orders to erase all that an account wrote. `delay`: seconds until one is carried out."""

    reader: Reader
    commands: CommandBus
    visibility: Visibility
    timer: DueTimer
    delay: float

    async def erase_messages(self, caller: Caller, command: EraseMessages) -> MessageErasure | Refusal:
        """Counts what the order would reach, and gives it unless there is nothing."""
        context = context_of(caller, with_id=False)
        state = await self.visibility.space(caller, command.space)
        refusal = state if isinstance(state, Refusal) else refuse_erasure(state, command.account, context)
        if refusal is not None:
            return refusal
        rooms = await self._counted(caller, command.space, command.account)
        messages = sum(room.messages for room in rooms)
        if command.dry_run or not rooms:
            return MessageErasure(messages=messages, rooms=rooms)
        due_at = context.at + int(self.delay * 1000)
        order = OrderErasure(command.account, due_at, command.reason)
        answer = await self.commands.ask(space_stream(command.space), order, context, Done)
        if isinstance(answer, Refusal):
            return answer
        self.timer.earlier(due_at)
        return MessageErasure(messages=messages, rooms=rooms, due_at=due_at)

    async def _counted(self, caller: Caller, space: str, account: str) -> list[RoomMessages]:
        """The rooms that the caller sees and that have messages of the account."""
        found = []
        for row in await self.reader.rooms(space=space):
            count = await self.reader.written_count(row["id"], account)
            if count and not isinstance(await self.visibility.room(caller, row["id"]), Refusal):
                found.append(RoomMessages(room=row["id"], messages=count))
        return found


class ErasureReading(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    visibility: Visibility

    async def list_(self, caller: Caller, query: ListErasures) -> ErasureList | Refusal:
        what = "seeing whose messages will be erased"
        state = await self.visibility.space_with(caller, query.space, RIGHT, what)
        if isinstance(state, Refusal):
            return state
        rows = await self.reader.message_erasures(query.space)
        orders = sorted((pick(Erasure, row) for row in rows), key=_next_first)
        page, following = page_of(orders, query.after, query.limit, _next_first)
        return ErasureList(erasures=page, next=following)


def _next_first(order: Erasure) -> str:
    """A key that grows with the time at which an order is carried out."""
    return f"{order.due_at:016}-{order.account}"

"""Handlers of members: what their space cannot decide alone."""

from __future__ import annotations

import attrs

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.actors.workers.account_deletion import DELETED_AT_ONCE
from chatd.contract.errors import Refusal
from chatd.contract.member import BanMember, EraseMessages, MessagesErased
from chatd.contract.spec import Done
from chatd.domain.event import room_stream, space_stream
from chatd.domain.internal import BanAccount, DeleteMessages
from chatd.ports import Caller, Reader


@attrs.frozen(eq=False)
class Members:
    reader: Reader
    commands: CommandBus

    async def ban(self, caller: Caller, command: BanMember) -> Done | Refusal:
        """Also bans an account that is not in the space, if there is such an account."""
        row = await self.reader.account(command.account)
        exists = row is not None and not row["deleted"]
        ban = BanAccount(command.account, command.reason, command.for_, exists)
        context = context_of(caller, with_id=False)
        return await self.commands.ask(space_stream(command.space), ban, context, Done)

    async def erase_messages(self, caller: Caller, command: EraseMessages) -> MessagesErased | Refusal:
        """The order is logged first; then each room deletes. If it is interrupted, it can be given again."""
        context = context_of(caller, with_id=False)
        answer = await self.commands.ask(space_stream(command.space), command, context, Done)
        if isinstance(answer, Refusal):
            return answer
        erased = 0
        for row in await self.reader.rooms(space=command.space):
            while seqs := await self.reader.written(row["id"], command.account, DELETED_AT_ONCE):
                deleting, context = DeleteMessages(tuple(seqs)), context_of(caller, with_id=False)
                done = await self.commands.ask(room_stream(row["id"]), deleting, context, Done)
                if isinstance(done, Refusal):
                    return done
                erased += len(seqs)
        return MessagesErased(erased=erased)

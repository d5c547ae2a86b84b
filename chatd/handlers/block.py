"""Handlers of the block list of an account. Nobody but the account learns what is on it."""

from __future__ import annotations

from typing import Final

import msgspec

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.contract.block import AddBlock, Block, BlockPage, ListBlocks
from chatd.contract.errors import Refusal
from chatd.contract.room import InviteToRoom
from chatd.contract.rows import pick
from chatd.contract.spec import Done
from chatd.domain.account.state import NO_SUCH_ACCOUNT
from chatd.domain.event import account_stream, room_stream
from chatd.domain.internal import BlockAccount, InviteInVain
from chatd.handlers.paging import cut
from chatd.handlers.refusals import OPERATOR_KEEPS_NOTHING
from chatd.ports import Caller, Reader

NOT_ONESELF: Final = Refusal("conflict", "you cannot block yourself")


class Blocks(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    commands: CommandBus

    async def add(self, caller: Caller, command: AddBlock) -> Done | Refusal:
        if caller.account is None:
            return OPERATOR_KEEPS_NOTHING
        if command.account == caller.account:
            return NOT_ONESELF
        state = await self.commands.directory.state_of(account_stream(command.account))
        if not state.exists:
            return NO_SUCH_ACCOUNT
        stream, block = account_stream(caller.account), BlockAccount(command.account)
        return await self.commands.ask(stream, block, context_of(caller, with_id=False), Done)

    async def list_(self, caller: Caller, query: ListBlocks) -> BlockPage | Refusal:
        if caller.account is None:
            return OPERATOR_KEEPS_NOTHING
        rows = await self.reader.blocks(caller.account, query.after, query.limit + 1)
        page, following = cut(rows, query.limit, "account")
        return BlockPage(blocks=[pick(Block, row) for row in page], next=following)


class RoomInvites(msgspec.Struct, frozen=True, eq=False):
    """Letting somebody into a room: who has blocked the caller stays outside, and the answer is the same."""

    reader: Reader
    commands: CommandBus

    async def invite(self, caller: Caller, command: InviteToRoom) -> Done | Refusal:
        vain = caller.account is not None and await self.reader.silenced(command.account, caller.account)
        asked = InviteInVain(command.account) if vain else command
        return await self.commands.ask(room_stream(command.room), asked, context_of(caller), Done)

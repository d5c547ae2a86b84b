"""Handler of threads that an account follows."""

from __future__ import annotations

import msgspec

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.contract.errors import Refusal
from chatd.contract.spec import Done
from chatd.contract.thread import FollowThread, UnfollowThread
from chatd.domain.event import account_stream
from chatd.domain.internal import SetThread
from chatd.domain.room.message import NO_SUCH_MESSAGE
from chatd.handlers.membership import Membership
from chatd.ports import Caller, Reader


class ThreadFollowing(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    commands: CommandBus
    membership: Membership

    async def follow(self, caller: Caller, command: FollowThread) -> Done | Refusal:
        return await self._set(caller, command.room, command.seq, True)

    async def unfollow(self, caller: Caller, command: UnfollowThread) -> Done | Refusal:
        return await self._set(caller, command.room, command.seq, False)

    async def _set(self, caller: Caller, room: str, seq: int, following: bool) -> Done | Refusal:
        account = await self.membership.account_in(caller, room)
        if isinstance(account, Refusal):
            return account
        found = await self.reader.messages(room, [seq])
        if not found or (found[0]["deleted"] and following):
            return NO_SUCH_MESSAGE  # a thread outlives its messages: one can always stop following it
        command = SetThread(room, found[0]["thread"] or seq, following)
        context = context_of(caller, with_id=False)
        return await self.commands.ask(account_stream(account), command, context, Done)

"""Handler of subscriptions: how an account hears of a room."""

from __future__ import annotations

from typing import Final

import msgspec

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.contract.errors import Refusal
from chatd.contract.spec import Done
from chatd.contract.subscription import UpdateSubscription
from chatd.domain.event import account_stream
from chatd.domain.internal import SetSubscription
from chatd.handlers.membership import Membership
from chatd.ports import Caller

NOTHING_GIVEN: Final = Refusal("invalid", "subscription.update takes level, mute_for or both")


class Subscriptions(msgspec.Struct, frozen=True, eq=False):
    commands: CommandBus
    membership: Membership

    async def update(self, caller: Caller, command: UpdateSubscription) -> Done | Refusal:
        if command.level is None and command.mute_for is None:
            return NOTHING_GIVEN
        account = await self.membership.account_in(caller, command.room)
        if isinstance(account, Refusal):
            return account
        context = context_of(caller, with_id=False)
        muted_until = None
        if command.mute_for is not None:
            muted_until = context.at + command.mute_for * 1000 if command.mute_for else 0
        change = SetSubscription(command.room, command.level, muted_until)
        return await self.commands.ask(account_stream(account), change, context, Done)

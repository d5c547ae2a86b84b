"""Handlers with which operators change what an account is called, and whether it is an administrator."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.actors.runtime.live_sessions import LiveSessions
from chatd.contract.account import AccountResult
from chatd.contract.account_admin import SetAdmin, SetDisplayName, SetName
from chatd.contract.errors import Refusal
from chatd.domain.account.state import NO_SUCH_ACCOUNT
from chatd.domain.event import account_stream
from chatd.handlers.bot import RECONNECT
from chatd.handlers.fresh_read import retried_when_stale
from chatd.handlers.refusals import LAST_ADMIN
from chatd.handlers.rows import account_row
from chatd.ports import Caller, Condition, OtherAdminExists, Reader


class AccountChanges(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    commands: CommandBus
    live: LiveSessions

    @retried_when_stale
    async def set_admin(self, caller: Caller, command: SetAdmin) -> AccountResult | Refusal:
        """The account's connections end: what an administrator may do is known from their beginning."""
        row = await self.reader.account(command.account)
        if row is None:
            return NO_SUCH_ACCOUNT
        conditions: tuple[Condition, ...] = ()
        if not command.admin:
            if not await self.reader.other_admin(command.account):
                return LAST_ADMIN if row["admin"] else AccountResult(account=account_row(row))
            conditions = (OtherAdminExists(command.account),)
        answer = await self._ask(caller, command, *conditions)
        if not isinstance(answer, Refusal) and answer.account.admin != row["admin"]:
            reason = "the rights of this account were changed; reconnect"
            self.live.end(reason, lambda claims: claims.account == command.account, RECONNECT)
        return answer

    async def set_name(self, caller: Caller, command: SetName) -> AccountResult | Refusal:
        return await self._ask(caller, command)

    async def set_display_name(self, caller: Caller, command: SetDisplayName) -> AccountResult | Refusal:
        return await self._ask(caller, command)

    async def _ask(
        self, caller: Caller, command: SetAdmin | SetName | SetDisplayName, *conditions: Condition
    ) -> AccountResult | Refusal:
        context = replace(context_of(caller), operator=True)  # an administrator on the network is one too
        stream = account_stream(command.account)
        return await self.commands.ask(stream, command, context, AccountResult, conditions=conditions)

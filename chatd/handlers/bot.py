"""Handlers of bots: made, given tokens, and deleted by the account that owns them."""

from __future__ import annotations

from typing import Final

import msgspec

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.actors.workers.deletions import Deletions
from chatd.auth.tokens import Claims
from chatd.clock import new_id, now
from chatd.contract.account import AccountResult, BearerToken
from chatd.contract.bot import (
    Bot,
    BotCreated,
    BotList,
    CreateBot,
    DeleteBot,
    IssueBotToken,
    ListBots,
    UpdateBot,
)
from chatd.contract.errors import Refusal
from chatd.contract.rows import pick
from chatd.contract.spec import Done
from chatd.domain.account.decide import NO_SUCH_BOT
from chatd.domain.event import account_stream
from chatd.domain.internal import MakeBot
from chatd.handlers.device_tokens import DeviceTokens
from chatd.ports import Caller, DropDevices, PutErasure, Reader

RECONNECT: Final = 1001  # the close code that tells a client to reconnect
NAME_OWNER: Final = Refusal("invalid", "an operator must say whose bot, in `owner`")
NOT_YOURS: Final = Refusal("forbidden", "only an operator may make bots for somebody else")


class Bots(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    commands: CommandBus
    tokens: DeviceTokens
    deletions: Deletions

    async def create(self, caller: Caller, command: CreateBot) -> BotCreated | Refusal:
        """The token is shown this once."""
        owner = _owner(caller, command.owner)
        if isinstance(owner, Refusal):
            return owner
        bot = new_id()
        making = MakeBot(bot, command.name, command.scopes, command.display_name)
        device, issued = self.tokens.bearer(bot, "bot")
        context = context_of(caller)
        answer = await self.commands.ask(account_stream(owner), making, context, AccountResult, device)
        if isinstance(answer, Refusal):
            return answer
        return BotCreated(account=answer.account, token=issued.token, expires_at=issued.expires_at)

    async def list_(self, caller: Caller, query: ListBots) -> BotList | Refusal:
        owner = _owner(caller, query.owner)
        if isinstance(owner, Refusal):
            return owner
        return BotList(bots=[pick(Bot, row) for row in await self.reader.bots(owner)])

    async def update(self, caller: Caller, command: UpdateBot) -> Done | Refusal:
        """The bot's sessions end; it has the new scopes when it reconnects."""
        owner = await self._owner_of(caller, command.account)
        if isinstance(owner, Refusal):
            return owner
        answer = await self.commands.ask(account_stream(owner), command, context_of(caller), Done)
        if not isinstance(answer, Refusal):
            reason = "the bot's scopes were changed; reconnect"
            self.tokens.live.end(reason, lambda claims: claims.account == command.account, RECONNECT)
        return answer

    async def token(self, caller: Caller, command: IssueBotToken) -> BearerToken | Refusal:
        """The older tokens end."""
        owner = await self._owner_of(caller, command.account)
        if isinstance(owner, Refusal):
            return owner
        device, issued = self.tokens.bearer(command.account, "bot")
        await self.commands.write(device, DropDevices(command.account, keep=device.device))

        def is_older(claims: Claims) -> bool:
            return claims.account == command.account and claims.device != device.device

        self.tokens.live.end("the bot has a new token", is_older)
        return issued

    async def delete(self, caller: Caller, command: DeleteBot) -> Done | Refusal:
        """Deletes the bot; what it wrote stays."""
        owner = await self._owner_of(caller, command.account)
        if isinstance(owner, Refusal):
            return owner
        bot = command.account
        writes = (PutErasure(bot, caller.by, None, False, now()), DropDevices(bot))
        answer = await self.commands.ask(account_stream(owner), command, context_of(caller), Done, *writes)
        if not isinstance(answer, Refusal):
            self.deletions.ordered(bot)
        return answer

    async def _owner_of(self, caller: Caller, bot: str) -> str | Refusal:
        """Whose bot it is, if the caller may know."""
        row = await self.reader.account(bot)
        owner: str | None = row["owner"] if row is not None else None
        return owner if owner is not None and (caller.operator or owner == caller.account) else NO_SUCH_BOT


def _owner(caller: Caller, named: str | None) -> str | Refusal:
    if caller.account is None:
        return named or NAME_OWNER
    return caller.account if named in (None, caller.account) else NOT_YOURS

"""Bots at the desk: made, given tokens, and taken back by the account that owns them."""

from __future__ import annotations

from typing import Final

from chatd.actors.runtime.envelope import Answer
from chatd.auth.tokens import Claims
from chatd.contract import command as c
from chatd.contract.errors import Refusal
from chatd.domain.account.decide import NO_SUCH_BOT
from chatd.domain.event import account_stream
from chatd.domain.internal import MakeBot
from chatd.handlers import account_deletion as farewell
from chatd.handlers.desk import Desk, now
from chatd.handlers.device import bearing
from chatd.ports import Caller, DropDevices, PutErasure

AGAIN: Final = 1001  # the close code that tells a client to reconnect
NO_ACCOUNT: Final = Refusal("invalid", "an operator says whose bot: owner")
NOT_YOURS: Final = Refusal("forbidden", "only an operator may make bots for somebody else")


async def create(desk: Desk, caller: Caller, command: c.CreateBot) -> Answer:
    """The token is shown this once."""
    owner = _owner(caller, command.owner)
    if isinstance(owner, Refusal):
        return owner
    bot = desk.new_id()
    making = MakeBot(bot, command.name, command.scopes, command.display_name)
    device, issued = bearing(desk, bot, "bot")
    answer = await desk.ask(account_stream(owner), making, desk.context(caller), (device,))
    return answer if isinstance(answer, Refusal) else {**answer, **issued}


async def update(desk: Desk, caller: Caller, command: c.UpdateBot) -> Answer:
    """Its sessions end, and what it may when it is back are the new scopes."""
    owner = await _owner_of(desk, caller, command.account)
    if isinstance(owner, Refusal):
        return owner
    answer = await desk.ask(account_stream(owner), command, desk.context(caller))
    if not isinstance(answer, Refusal):
        for session in tuple(desk.sessions):
            if session.claims is not None and session.claims.account == command.account:
                session.end(AGAIN, "the bot's scopes were changed; reconnect")
    return answer


async def issue_token(desk: Desk, caller: Caller, command: c.IssueBotToken) -> Answer:
    """The tokens from before end with it."""
    owner = await _owner_of(desk, caller, command.account)
    if isinstance(owner, Refusal):
        return owner
    device, issued = bearing(desk, command.account, "bot")
    await desk.write(device, DropDevices(command.account, keep=device.device))

    def others(claims: Claims) -> bool:
        return claims.account == command.account and claims.device != device.device

    desk.end_sessions("the bot has a new token", others)
    return issued


async def delete(desk: Desk, caller: Caller, command: c.DeleteBot) -> Answer:
    """What it wrote stays, and nothing else of it."""
    owner = await _owner_of(desk, caller, command.account)
    if isinstance(owner, Refusal):
        return owner
    bot = command.account
    erasure = PutErasure(bot, caller.by, None, False, now())
    writes = (erasure, DropDevices(bot))
    answer = await desk.ask(account_stream(owner), command, desk.context(caller), writes)
    if not isinstance(answer, Refusal):
        farewell.shut(desk, bot)
    return answer


async def list_(desk: Desk, caller: Caller, query: c.ListBots) -> Answer:
    owner = _owner(caller, query.owner)
    return owner if isinstance(owner, Refusal) else {"bots": await desk.reader.bots(owner)}


async def end_sessions(desk: Desk, owner: str) -> None:
    """Of all bots of an account that was shut out: none of them may do more than it."""
    bots = {bot["account"] for bot in await desk.reader.bots(owner)}
    desk.end_sessions("the bot's owner was disabled", lambda claims: claims.account in bots)


def _owner(caller: Caller, named: str | None) -> str | Refusal:
    if caller.account is None:
        return named or NO_ACCOUNT
    return caller.account if named in (None, caller.account) else NOT_YOURS


async def _owner_of(desk: Desk, caller: Caller, bot: str) -> str | Refusal:
    """Whose bot it is, if that is for the caller to know."""
    row = await desk.reader.account(bot)
    owner: str | None = row["owner"] if row is not None else None
    return owner if owner is not None and (caller.operator or owner == caller.account) else NO_SUCH_BOT

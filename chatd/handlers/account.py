"""Accounts at the desk: changing one's own, and what operators do with all. Secrets never reach the log."""

from __future__ import annotations

from typing import Final

from chatd.actors.runtime.envelope import Answer
from chatd.contract import command as c
from chatd.contract.errors import Refusal
from chatd.domain.account import state as accounts
from chatd.domain.event import account_stream
from chatd.handlers import bot as bots
from chatd.handlers.credentials import NO_ACCOUNT, confirm, hash_new, prove, secure
from chatd.handlers.desk import Desk
from chatd.handlers.device import BEARER_LIFETIME, bearing, drop, end
from chatd.handlers.profile import public_account
from chatd.ports import Caller, DropDevices, PutCredential, Write

WRONG_OLD: Final = Refusal("unauthenticated", "the old password is wrong")


async def change_password(desk: Desk, caller: Caller, command: c.ChangePassword) -> Answer:
    row = await prove(desk, caller, command.old, WRONG_OLD)
    if isinstance(row, Refusal):
        return row
    password_hash = await hash_new(desk, command.new, row["name"], row["display_name"])
    if isinstance(password_hash, Refusal):
        return password_hash
    others = DropDevices(row["id"], keep=caller.device)
    writes = (PutCredential(row["id"], password_hash), others)
    answer = await secure(desk, row["id"], caller.by, "password", *writes)
    if not isinstance(answer, Refusal):
        end(desk, others, "the password was changed")
    return answer


async def rename(desk: Desk, caller: Caller, command: c.RenameAccount) -> Answer:
    """With the password, where there is one: by the name one signs in, and others know one by it."""
    if caller.account is None:
        return NO_ACCOUNT
    if refusal := await confirm(desk, caller, command.password):
        return refusal
    attempt = desk.login_throttle.sign_up(caller)  # whether a name is taken can be asked here as well
    if isinstance(attempt, Refusal):
        return attempt
    with attempt:
        answer = await desk.ask(account_stream(caller.account), command, desk.context(caller))
        if not (isinstance(answer, Refusal) and answer.code == "conflict"):
            attempt.void()
        return answer


# --- by operators ----------------------------------------------------------------------------------------


async def create(desk: Desk, caller: Caller, command: c.CreateAccount) -> Answer:
    account = desk.new_id()
    writes: tuple[Write, ...] = ()
    if command.password is not None:
        password_hash = await hash_new(desk, command.password, command.name, command.display_name)
        if isinstance(password_hash, Refusal):
            return password_hash
        writes = (PutCredential(account, password_hash),)
    return await desk.ask(account_stream(account), command, desk.context(caller), writes)


async def disable(desk: Desk, caller: Caller, command: c.DisableAccount) -> Answer:
    answer = await desk.ask(account_stream(command.account), command, desk.context(caller))
    if not isinstance(answer, Refusal):
        await drop(desk, DropDevices(command.account), "the account was disabled")
        await bots.end_sessions(desk, command.account)
    return answer


async def enable(desk: Desk, caller: Caller, command: c.EnableAccount) -> Answer:
    return await desk.ask(account_stream(command.account), command, desk.context(caller))


async def set_password(desk: Desk, caller: Caller, command: c.SetPassword) -> Answer:
    row = await desk.reader.account(command.account)
    if row is None:
        return accounts.NO_SUCH_ACCOUNT
    if row["owner"] is not None:
        return Refusal("conflict", "a bot has tokens and no password; its owner makes them with bot.token")
    password_hash = await hash_new(desk, command.password, row["name"], row["display_name"])
    if isinstance(password_hash, Refusal):
        return password_hash
    dropped = DropDevices(row["id"])
    answer = await secure(
        desk, row["id"], caller.by, "password", PutCredential(row["id"], password_hash), dropped
    )
    if not isinstance(answer, Refusal):
        end(desk, dropped, "the password was set anew")
    return answer


async def issue_token(desk: Desk, caller: Caller, command: c.IssueToken) -> Answer:
    row = await desk.reader.account(command.account)
    if row is None or row["deleted"]:
        return accounts.NO_SUCH_ACCOUNT
    if row["disabled"]:
        return Refusal("conflict", "the account is disabled; enable it first")
    lifetime = command.expires_in or BEARER_LIFETIME
    device, issued = bearing(desk, row["id"], command.name or "token", lifetime)
    await desk.write(device)
    return issued


async def list_(desk: Desk, caller: Caller, query: c.ListAccounts) -> Answer:
    rows = await desk.reader.accounts(query.after, query.limit + 1)
    page = rows[: query.limit]
    more = len(rows) > query.limit
    return {"accounts": [public_account(row) for row in page], "next": page[-1]["id"] if more else None}

"""Signing up, in and out. Secrets never reach the log."""

from __future__ import annotations

from typing import Any, Final

from chatd.actors.runtime.envelope import Answer
from chatd.auth.login_throttle import Attempt
from chatd.auth.passwords import Overloaded
from chatd.auth.tokens import Claims, hashed, new_secret
from chatd.contract import command as c
from chatd.contract.errors import Refusal
from chatd.domain.account import decide as accounts
from chatd.domain.account.state import NO_SUCH_ACCOUNT
from chatd.domain.decision import Context
from chatd.domain.event import account_stream, space_stream
from chatd.domain.internal import JoinByInvite
from chatd.handlers import invite as invites
from chatd.handlers import totp as second_factor
from chatd.handlers.credentials import BUSY, hash_new
from chatd.handlers.desk import NO_TOKEN, Desk, now
from chatd.handlers.device import drop, signed_in, tokens
from chatd.handlers.profile import public_account
from chatd.ports import Caller, DropDevices, PutCredential, RotateDevice

WRONG: Final = Refusal("unauthenticated", "name or password is wrong")
DISABLED: Final = Refusal("forbidden", "this account is disabled; ask the people who run this server")
CLOSED: Final = Refusal(
    "forbidden", "this server takes no sign-ups; ask the people who run it for an account"
)
REFRESH_GRACE: Final = 60_000  # milliseconds in which a client that lost the answer may refresh once more


# --- in --------------------------------------------------------------------------------------------------


async def sign_up(desk: Desk, caller: Caller, command: c.SignUp) -> Answer:
    attempt = desk.login_throttle.sign_up(caller)
    if isinstance(attempt, Refusal):
        return attempt
    with attempt:
        answer = await _sign_up(desk, command)
        if not (isinstance(answer, Refusal) and answer.code in ("conflict", "not_found")):
            attempt.void()  # it tells nothing about names or invite codes
        return answer


async def _sign_up(desk: Desk, command: c.SignUp) -> Answer:
    policy = desk.settings.sign_up
    if policy == "closed":
        return CLOSED
    if command.invite is None and policy == "invite":
        return Refusal("forbidden", "this server takes sign-ups by invite only; ask a member for a code")
    account = desk.new_id()
    context = Context(account, now())
    fact = accounts.account_created(account, command, context)
    if isinstance(fact, Refusal):
        return fact
    lead = None if command.invite is None else await invites.lead_of(desk, command.invite)
    password_hash = await hash_new(desk, command.password, command.name, command.display_name)
    if isinstance(password_hash, Refusal):
        return password_hash
    device, issued = signed_in(desk, account, "")
    writes = (PutCredential(account, password_hash), device)
    if lead is None:
        answer = await desk.ask(account_stream(account), command, context, writes)
    else:
        entering = JoinByInvite(lead.invite, account, facts_before=(fact,), creator_inactive=lead.maker_out)
        answer = await desk.ask(space_stream(lead.space), entering, context, writes)
    if isinstance(answer, Refusal):
        return answer
    return {"account": await _profile(desk, account), **issued}


async def sign_in(desk: Desk, caller: Caller, command: c.SignIn) -> Answer:
    attempt = desk.login_throttle.sign_in(command.name, caller)
    if isinstance(attempt, Refusal):
        return attempt
    with attempt:
        return await _sign_in(desk, command, attempt)


async def _sign_in(desk: Desk, command: c.SignIn, attempt: Attempt) -> Answer:
    """An attempt of which this does not say otherwise counts as a wrong password."""
    row = await desk.reader.account_named(command.name)
    password_hash = None if row is None else await desk.reader.credential(row["id"])
    try:
        right = await desk.passwords.matches(password_hash, command.password)
    except Overloaded:
        attempt.void()
        return BUSY
    if row is None or not right:
        return WRONG
    if await second_factor.needed(desk, row["id"]) is not None:
        if command.code is None:
            attempt.void()
            return second_factor.ASKED
        if (refusal := await second_factor.spend(desk, row["id"], command.code)) is not None:
            return refusal
    attempt.right()
    if row["disabled"]:
        return DISABLED
    device, issued = signed_in(desk, row["id"], command.device or "")
    await desk.write(device)
    if await desk.reader.credential(row["id"]) != password_hash:  # it was changed in this very moment
        await drop(desk, DropDevices(row["id"], device=device.device), "the password was changed")
        return WRONG
    return {"account": public_account(row), **issued}


async def refresh(desk: Desk, caller: Caller, command: c.Refresh) -> Answer:
    """Rotates: the token given is used up. One that comes back later has been stolen: the device ends."""
    given = hashed(command.refresh_token)
    device = await desk.reader.device_by_refresh(given)
    at = now()
    if device is None or device["expires_at"] <= at:
        return NO_TOKEN
    if device["refresh_hash"] != given and at - (device["rotated_at"] or 0) > REFRESH_GRACE:
        stolen = DropDevices(device["account"], device=device["id"])
        await drop(desk, stolen, "a refresh token was used twice")
        return NO_TOKEN
    row = await desk.reader.account(device["account"])
    if row is None or row["disabled"]:
        return DISABLED
    token = new_secret()
    expires_at = at + desk.settings.refresh_token_lifetime * 1000
    await desk.write(RotateDevice(device["id"], hashed(token), at, expires_at))
    return {"account": public_account(row), **tokens(desk, Claims(row["id"], device["id"]), token)}


# --- out -------------------------------------------------------------------------------------------------


async def sign_out(desk: Desk, caller: Caller, command: c.SignOut) -> Answer:
    if command.account is not None and not (caller.operator or caller.admin):
        return Refusal("forbidden", "only an operator may sign out somebody else")
    if command.account is not None:
        if await desk.reader.account(command.account) is None:
            return NO_SUCH_ACCOUNT
        await drop(desk, DropDevices(command.account), "signed out by an operator")
    elif caller.account is not None:
        await drop(desk, DropDevices(caller.account, device=caller.device), "signed out")
    else:
        return Refusal("invalid", "an operator says whom: account")
    return {}


async def _profile(desk: Desk, account: str) -> dict[str, Any]:
    row = await desk.reader.account(account)
    assert row is not None
    return public_account(row)

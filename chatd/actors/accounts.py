"""Accounts at the desk: signing up and in, tokens, passwords, devices. Secrets never reach the log."""

from __future__ import annotations

from typing import Any, Final

from chatd.actors.desk import NO_TOKEN, Desk, now
from chatd.actors.envelope import Answer
from chatd.actors.passwords import Overloaded
from chatd.actors.profile import public_account
from chatd.actors.tokens import Claims, hashed, new_secret
from chatd.domain import account as accounts
from chatd.domain import command as c
from chatd.domain.decision import Context
from chatd.domain.event import account_stream, space_stream
from chatd.domain.refusal import Refusal
from chatd.domain.space import NO_INVITE, EnterSpace
from chatd.ports import Caller, DropDevices, PutCredential, PutDevice, RotateDevice, Write

WRONG: Final = Refusal("unauthenticated", "name or password is wrong")
BUSY: Final = Refusal("overloaded", "too many people sign in at this moment; try again in a few seconds")
DISABLED: Final = Refusal("forbidden", "this account is disabled; ask the people who run this server")
CLOSED: Final = Refusal(
    "forbidden", "this server takes no sign-ups; ask the people who run it for an account"
)
SHORT: Final = Refusal("invalid", "a password has at least 8 characters")
MIN_PASSWORD: Final = 8
REFRESH_GRACE: Final = 60_000  # milliseconds in which a client that lost the answer may refresh once more
TOKEN_LIFETIME: Final = 365 * 86400  # seconds


def _device(
    desk: Desk, account: str, name: str, lifetime: int, refresh_token: str | None
) -> tuple[PutDevice, dict[str, Any]]:
    """A new device, and what its client is told."""
    at, device = now(), desk.new_id()
    refresh_hash = None if refresh_token is None else hashed(refresh_token)
    put = PutDevice(device, account, name, refresh_hash, at, at + lifetime * 1000)
    return put, _tokens(desk, Claims(account, device), refresh_token)


def _tokens(desk: Desk, claims: Claims, refresh_token: str | None) -> dict[str, Any]:
    lifetime = desk.settings.access_token_lifetime
    return {
        "access_token": desk.tokens.sign(claims, now(), lifetime),
        "refresh_token": refresh_token,
        "expires_in": lifetime,
    }


# --- in --------------------------------------------------------------------------------------------------


async def sign_up(desk: Desk, caller: Caller, command: c.SignUp) -> Answer:
    policy = desk.settings.sign_up
    if policy == "closed":
        return CLOSED
    if command.invite is None and policy == "invite":
        return Refusal("forbidden", "this server takes sign-ups by invite only; ask a member for a code")
    account = desk.new_id()
    context = Context(account, now())
    fact = accounts.created(account, command, context)
    if isinstance(fact, Refusal):
        return fact
    if len(command.password) < MIN_PASSWORD:
        return SHORT
    code = None
    if command.invite is not None:
        code = await desk.reader.invite_code(hashed(command.invite))
        if code is None:
            return NO_INVITE
    try:
        password_hash = await desk.passwords.hash(command.password)
    except Overloaded:
        return BUSY
    device, tokens = _device(desk, account, "", desk.settings.refresh_token_lifetime, new_secret())
    writes = (PutCredential(account, password_hash), device)
    if code is None:
        answer = await desk.ask(account_stream(account), command, context, writes)
    else:
        entering = EnterSpace(code["invite"], account, first=(fact,))
        answer = await desk.ask(space_stream(code["space"]), entering, context, writes)
    if isinstance(answer, Refusal):
        return answer
    return {"account": await _profile(desk, account), **tokens}


async def sign_in(desk: Desk, caller: Caller, command: c.SignIn) -> Answer:
    row = await desk.reader.account_named(command.name)
    password_hash = None if row is None else await desk.reader.credential(row["id"])
    try:
        right = await desk.passwords.matches(password_hash, command.password)
    except Overloaded:
        return BUSY
    if row is None or not right:
        return WRONG
    if row["disabled"]:
        return DISABLED
    lifetime = desk.settings.refresh_token_lifetime
    device, tokens = _device(desk, row["id"], command.device or "", lifetime, new_secret())
    await desk.write(device)
    return {"account": public_account(row), **tokens}


async def refresh(desk: Desk, caller: Caller, command: c.Refresh) -> Answer:
    """Rotates: the token given is used up. One that comes back later has been stolen: the device ends."""
    given = hashed(command.refresh_token)
    device = await desk.reader.device_by_refresh(given)
    at = now()
    if device is None or device["expires_at"] <= at:
        return NO_TOKEN
    if device["refresh_hash"] != given and at - (device["rotated_at"] or 0) > REFRESH_GRACE:
        await _drop(
            desk, DropDevices(device["account"], device=device["id"]), "a refresh token was used twice"
        )
        return NO_TOKEN
    row = await desk.reader.account(device["account"])
    if row is None or row["disabled"]:
        return DISABLED
    token = new_secret()
    expires_at = at + desk.settings.refresh_token_lifetime * 1000
    await desk.write(RotateDevice(device["id"], hashed(token), at, expires_at))
    return {"account": public_account(row), **_tokens(desk, Claims(row["id"], device["id"]), token)}


# --- out -------------------------------------------------------------------------------------------------


async def sign_out(desk: Desk, caller: Caller, command: c.SignOut) -> Answer:
    if command.account is not None and not (caller.operator or caller.admin):
        return Refusal("forbidden", "only an operator may sign out somebody else")
    if command.account is not None:
        if await desk.reader.account(command.account) is None:
            return accounts.ABSENT
        await _drop(desk, DropDevices(command.account), "signed out by an operator")
    elif caller.account is not None:
        await _drop(desk, DropDevices(caller.account, device=caller.device), "signed out")
    else:
        return Refusal("invalid", "an operator says whom: account")
    return {}


async def change_password(desk: Desk, caller: Caller, command: c.ChangePassword) -> Answer:
    if caller.account is None:
        return Refusal("forbidden", "an operator has no password; use account.set_password")
    if len(command.new) < MIN_PASSWORD:
        return SHORT
    try:
        if not await desk.passwords.matches(await desk.reader.credential(caller.account), command.old):
            return Refusal("unauthenticated", "the old password is wrong")
        password_hash = await desk.passwords.hash(command.new)
    except Overloaded:
        return BUSY
    others = DropDevices(caller.account, keep=caller.device)
    await _drop(desk, others, "the password was changed", PutCredential(caller.account, password_hash))
    return {}


async def _drop(desk: Desk, drop: DropDevices, reason: str, *writes: Write) -> None:
    """Takes devices back: durable first, then their connections are closed."""
    await desk.write(drop, *writes)

    def dropped(claims: Claims) -> bool:
        if claims.account != drop.account or claims.device == drop.keep:
            return False
        return drop.device is None or claims.device == drop.device

    desk.end_sessions(reason, dropped)


# --- by operators ----------------------------------------------------------------------------------------


async def create(desk: Desk, caller: Caller, command: c.CreateAccount) -> Answer:
    account = desk.new_id()
    writes: tuple[Write, ...] = ()
    if command.password is not None:
        if len(command.password) < MIN_PASSWORD:
            return SHORT
        try:
            writes = (PutCredential(account, await desk.passwords.hash(command.password)),)
        except Overloaded:
            return BUSY
    return await desk.ask(account_stream(account), command, desk.context(caller), writes)


async def disable(desk: Desk, caller: Caller, command: c.DisableAccount) -> Answer:
    answer = await desk.ask(account_stream(command.account), command, desk.context(caller))
    if not isinstance(answer, Refusal):
        await _drop(desk, DropDevices(command.account), "the account was disabled")
    return answer


async def enable(desk: Desk, caller: Caller, command: c.EnableAccount) -> Answer:
    return await desk.ask(account_stream(command.account), command, desk.context(caller))


async def set_password(desk: Desk, caller: Caller, command: c.SetPassword) -> Answer:
    if len(command.password) < MIN_PASSWORD:
        return SHORT
    if await desk.reader.account(command.account) is None:
        return accounts.ABSENT
    try:
        password_hash = await desk.passwords.hash(command.password)
    except Overloaded:
        return BUSY
    drop = DropDevices(command.account)
    await _drop(desk, drop, "the password was set anew", PutCredential(command.account, password_hash))
    return {}


async def issue_token(desk: Desk, caller: Caller, command: c.IssueToken) -> Answer:
    row = await desk.reader.account(command.account)
    if row is None:
        return accounts.ABSENT
    if row["disabled"]:
        return Refusal("conflict", "the account is disabled; enable it first")
    lifetime = command.expires_in or TOKEN_LIFETIME
    device, _ = _device(desk, row["id"], command.name or "token", lifetime, None)
    await desk.write(device)
    token = desk.tokens.sign(Claims(row["id"], device.device), now(), lifetime)
    return {"token": token, "expires_at": device.expires_at}


async def list_(desk: Desk, caller: Caller, query: c.ListAccounts) -> Answer:
    rows = await desk.reader.accounts(query.after, query.limit + 1)
    page = rows[: query.limit]
    more = len(rows) > query.limit
    return {"accounts": [public_account(row) for row in page], "next": page[-1]["id"] if more else None}


async def _profile(desk: Desk, account: str) -> dict[str, Any]:
    row = await desk.reader.account(account)
    assert row is not None
    return public_account(row)

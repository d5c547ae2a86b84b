"""Passwords at the desk: choosing one, and proving that one knows it. Nothing of them reaches the log."""

from __future__ import annotations

from typing import Final

from chatd.actors.runtime.envelope import Answer
from chatd.auth.passwords import Overloaded
from chatd.contract.errors import Refusal
from chatd.contract.fields import SecurityChange
from chatd.domain.decision import Context
from chatd.domain.event import account_stream
from chatd.domain.internal import SecureAccount
from chatd.handlers.desk import Desk, now
from chatd.ports import Caller, Row, Write

MIN_PASSWORD: Final = 8
MAX_PASSWORD: Final = 256
BUSY: Final = Refusal("overloaded", "too many people sign in at this moment; try again in a few seconds")
LENGTH: Final = Refusal("invalid", f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters")
NO_ACCOUNT: Final = Refusal("forbidden", "this is for accounts; an operator has neither password nor devices")
NO_PASSWORD: Final = Refusal(
    "conflict", "this account has no password; ask the people who run this server for a recovery link"
)
WRONG_PASSWORD: Final = Refusal("unauthenticated", "the password is wrong")


async def hash_new(desk: Desk, password: str, *about: str | None) -> str | Refusal:
    """The hash of a password that somebody chose, or why it will not do. `about`: names that others know."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        return LENGTH
    try:
        names = [name for name in (*about, desk.settings.server_name) if name]
        known = [word for name in names for word in (name, *name.split())]
        if (weakness := await desk.passwords.weakness(password, known)) is not None:
            return Refusal("invalid", f"this password is easily guessed. {weakness}")
        return await desk.passwords.hash(password)
    except Overloaded:
        return BUSY


async def prove(desk: Desk, caller: Caller, password: str, wrong: Refusal = WRONG_PASSWORD) -> Row | Refusal:
    """The caller's account, if this is its password. Who tries many is held up as at signing in."""
    if caller.account is None:
        return NO_ACCOUNT
    row = await desk.reader.account(caller.account)
    password_hash = await desk.reader.credential(caller.account)
    if row is None or password_hash is None:
        return NO_PASSWORD
    attempt = desk.login_throttle.sign_in(row["name"], caller)
    if isinstance(attempt, Refusal):
        return attempt
    with attempt:
        try:
            right = await desk.passwords.matches(password_hash, password)
        except Overloaded:
            attempt.void()
            return BUSY
        if not right:
            return wrong
        attempt.void()  # it proves less than signing in does: what was counted before stays counted
    return row


async def confirm(desk: Desk, caller: Caller, password: str | None) -> Refusal | None:
    """Why the caller may not do what takes the password, where there is one."""
    if caller.account is None:
        return NO_ACCOUNT
    if await desk.reader.credential(caller.account) is None:
        return None
    if password is None:
        return Refusal("invalid", "give your password: whoever found your device open must not do this")
    proven = await prove(desk, caller, password)
    return proven if isinstance(proven, Refusal) else None


async def secure(desk: Desk, account: str, by: str, change: SecurityChange, *writes: Write) -> Answer:
    """Makes secrets durable together with the fact that they changed. Raises nothing: see StreamActor."""
    return await desk.ask(account_stream(account), SecureAccount(change), Context(by, now()), writes)

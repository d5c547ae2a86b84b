"""Passwords: choosing one, and proving that one knows it. Nothing of them reaches the log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import msgspec

from chatd.actors.runtime.command_bus import CommandBus
from chatd.auth.login_throttle import LoginThrottle
from chatd.auth.passwords import Overloaded, Passwords
from chatd.clock import now
from chatd.contract.errors import Refusal
from chatd.contract.fields import SecurityChange
from chatd.contract.spec import Done
from chatd.domain.decision import Context
from chatd.domain.event import account_stream
from chatd.domain.internal import SecureAccount
from chatd.handlers.known_elsewhere import level
from chatd.handlers.refusals import OPERATOR_HAS_NO_DEVICES
from chatd.ports import Caller, Condition, Freshness, Reader, Row, StoreUnavailable, Write

Stored = tuple[Row | None, str | None]  # an account, and the hash of its password

MIN_PASSWORD: Final = 8
MAX_PASSWORD: Final = 256
BUSY: Final = Refusal(
    "overloaded",
    "too many sign-ins are waiting, from your network or in all; try again in a few seconds",
)
LENGTH: Final = Refusal("invalid", f"a password must have {MIN_PASSWORD} to {MAX_PASSWORD} characters")
NO_PASSWORD: Final = Refusal(
    "conflict", "this account has no password; ask the people who run this server for a recovery link"
)
WRONG_PASSWORD: Final = Refusal("unauthenticated", "the password is wrong")
GIVE_PASSWORD: Final = Refusal("invalid", "enter your password, to show that it is you")


class Credentials(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    commands: CommandBus
    passwords: Passwords
    throttle: LoginThrottle
    server_name: str
    fresh: Freshness | None = None

    async def hash_new(self, password: str, *about: str | None) -> str | Refusal:
        """The hash of a new password, or why it will not do. `about`: names that others know."""
        if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
            return LENGTH
        try:
            names = [name for name in (*about, self.server_name) if name]
            known = [word for name in names for word in (name, *name.split())]
            if (weakness := await self.passwords.weakness(password, known)) is not None:
                return Refusal("invalid", f"this password is easy to guess. {weakness}")
            return await self.passwords.hash(password)
        except Overloaded:
            return BUSY

    async def given(self, look: Callable[[], Awaitable[Stored]], password: str) -> Stored:
        """What `look` gives, if that is the password: of a cluster's node what another one knows, too, where
        it was chosen just now. Otherwise without a hash. Raises Overloaded."""
        row, known = await look()
        if await self.passwords.matches(known, password):
            return row, known
        if self.fresh is not None:
            with suppress(StoreUnavailable):  # it is wrong as far as anybody knows, and counts as that
                await level(self.fresh)
            row, newer = await look()
            if newer != known and await self.passwords.matches(newer, password):
                return row, newer
        return row, None

    async def prove(self, caller: Caller, password: str, wrong: Refusal = WRONG_PASSWORD) -> Row | Refusal:
        """The caller's account, if this is its password. Wrong ones are throttled as at sign-in."""
        if caller.account is None:
            return OPERATOR_HAS_NO_DEVICES
        account = caller.account

        async def look() -> Stored:
            return await self.reader.account(account), await self.reader.credential(account)

        row, password_hash = await look()
        if row is None or password_hash is None:
            return NO_PASSWORD
        attempt = await self.throttle.attempt(row["name"], caller)
        if isinstance(attempt, Refusal):
            return attempt
        with attempt:
            try:
                right = (await self.given(look, password))[1] is not None
            except Overloaded:
                attempt.void()
                return BUSY
            if not right:
                return wrong
            attempt.void()  # it proves less than signing in does: what was counted before stays counted
        return row

    async def confirm(self, caller: Caller, password: str | None) -> Refusal | None:
        """Why the caller may not do what takes the password, where the account has one."""
        if caller.account is None:
            return OPERATOR_HAS_NO_DEVICES
        if await self.reader.credential(caller.account) is None:
            return None
        if password is None:
            return GIVE_PASSWORD
        proven = await self.prove(caller, password)
        return proven if isinstance(proven, Refusal) else None

    async def secure(
        self,
        account: str,
        by: str,
        change: SecurityChange,
        *writes: Write,
        conditions: tuple[Condition, ...] = (),
    ) -> Done | Refusal:
        """Stores secrets together with the fact that they changed; `STALE` when a condition does not hold."""
        stream, secured, context = account_stream(account), SecureAccount(change), Context(by, now())
        return await self.commands.ask(stream, secured, context, Done, *writes, conditions=conditions)

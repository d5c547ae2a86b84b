"""Handlers of accounts: signing up, in and out, and refreshing tokens. Secrets never reach the log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec
from msgspec.structs import replace

from chatd.actors.runtime.command_bus import CommandBus
from chatd.actors.runtime.envelope import STALE
from chatd.auth.login_throttle import Attempt, LoginThrottle
from chatd.auth.passwords import Overloaded
from chatd.auth.tokens import hashed, new_secret
from chatd.clock import new_id, now
from chatd.contract.account import AccountResult
from chatd.contract.errors import Refusal
from chatd.contract.sign_in import Refresh, SignedIn, SignIn, SignOut, SignUp
from chatd.contract.space import SpaceResult
from chatd.contract.spec import DONE, Done
from chatd.domain.account import decide as accounts
from chatd.domain.account.state import NO_SUCH_ACCOUNT
from chatd.domain.decision import Context
from chatd.domain.event import account_stream, space_stream
from chatd.domain.internal import JoinByInvite
from chatd.domain.names.keys import as_read
from chatd.handlers.credentials import BUSY, Credentials, Stored
from chatd.handlers.device_tokens import DeviceTokens
from chatd.handlers.fresh_read import retried_when_stale
from chatd.handlers.invite_codes import InviteCodes
from chatd.handlers.passkey_proofs import COPIED, PasskeyProofs, ProvenPasskey
from chatd.handlers.passkey_proofs import WRONG as WRONG_PASSKEY
from chatd.handlers.refusals import DISABLED, NO_TOKEN
from chatd.handlers.second_factor import CODE_NEEDED, CODE_OR_PASSKEY_NEEDED, WRONG_CODE, in_use, spend
from chatd.ports import (
    Caller,
    Condition,
    CredentialIs,
    DropDevices,
    PutCredential,
    Reader,
    RotateRefreshToken,
    Row,
    SecondFactorIs,
    Write,
)
from chatd.settings import Settings

WRONG: Final = Refusal("unauthenticated", "name or password is wrong")
CLOSED: Final = Refusal(
    "forbidden", "nobody can sign up on this server; ask the people who run it for an account"
)
INVITE_ONLY: Final = Refusal("forbidden", "signing up needs an invite code; ask a member for one")
# Milliseconds in which other tabs, or a client that lost the answer, may refresh too.
REFRESH_GRACE: Final = 60_000


class SignUps(msgspec.Struct, frozen=True, eq=False):
    settings: Settings
    reader: Reader
    commands: CommandBus
    throttle: LoginThrottle
    credentials: Credentials
    invites: InviteCodes
    tokens: DeviceTokens

    async def sign_up(self, caller: Caller, command: SignUp) -> SignedIn | Refusal:
        attempt = self.throttle.sign_up(caller)
        if isinstance(attempt, Refusal):
            return attempt
        with attempt:
            answer = await self._sign_up(command)
            if not (isinstance(answer, Refusal) and answer.code in ("conflict", "not_found")):
                attempt.void()  # it tells nothing about names or invite codes
            return answer

    async def _sign_up(self, command: SignUp) -> SignedIn | Refusal:
        policy = self.settings.sign_up
        if policy == "closed":
            return CLOSED
        if command.invite is None and policy == "invite":
            return INVITE_ONLY
        account = new_id()
        context = Context(account, now())
        fact = accounts.account_created(account, command, context)
        if isinstance(fact, Refusal):
            return fact
        found = None if command.invite is None else await self.invites.find(command.invite)
        password_hash = await self.credentials.hash_new(command.password, command.name, command.display_name)
        if isinstance(password_hash, Refusal):
            return password_hash
        device = self.tokens.new_device(account, command.device or "")
        writes = (PutCredential(account, password_hash), device.put)
        answer: AccountResult | SpaceResult | Refusal
        if found is None:
            answer = await self.commands.ask(
                account_stream(account), command, context, AccountResult, *writes
            )
        else:
            entering = JoinByInvite(
                found.invite, account, facts_before=(fact,), creator_inactive=found.maker_out
            )
            answer = await self.commands.ask(
                space_stream(found.space), entering, context, SpaceResult, *writes
            )
        if isinstance(answer, Refusal):
            return answer
        row = await self.reader.account(account)
        assert row is not None
        return self.tokens.signed_in(row, device.put.device, device.refresh_token)


class SignIns(msgspec.Struct, frozen=True, eq=False):
    """`earliest`: Unix milliseconds, by the clock of all nodes that is behind: that a device ends cannot be
    taken back."""

    settings: Settings
    reader: Reader
    commands: CommandBus
    throttle: LoginThrottle
    credentials: Credentials
    tokens: DeviceTokens
    proofs: PasskeyProofs
    earliest: Callable[[], int] = now

    async def sign_in(self, caller: Caller, command: SignIn) -> SignedIn | Refusal:
        command = replace(command, name=as_read(command.name))
        attempt = await self.throttle.attempt(command.name, caller)
        if isinstance(attempt, Refusal):
            return attempt
        with attempt:
            return await self._sign_in(command, attempt)

    async def _sign_in(self, command: SignIn, attempt: Attempt) -> SignedIn | Refusal:
        """An attempt that is neither right nor void counts as a wrong password."""

        async def look() -> Stored:
            row = await self.reader.account_named(command.name)
            return row, None if row is None else await self.reader.credential(row["id"])

        try:
            row, password_hash = await self.credentials.given(look, command.password)
        except Overloaded:
            attempt.void()
            return BUSY
        if row is None or password_hash is None:
            return WRONG
        proven = None if command.passkey is None else await self.proofs.proven(command.passkey)
        if isinstance(proven, Refusal):
            return proven
        answer = await self._admit(row["id"], password_hash, command, proven)
        if answer in (CODE_NEEDED, CODE_OR_PASSKEY_NEEDED, STALE):
            attempt.void()
        elif answer not in (WRONG, WRONG_CODE, WRONG_PASSKEY, COPIED):
            attempt.right()
        return answer

    @retried_when_stale
    async def _admit(
        self, account: str, password_hash: str, command: SignIn, proven: ProvenPasskey | None
    ) -> SignedIn | Refusal:
        """Signs in an account whose password was given; it may have been changed meanwhile."""
        row = await self.reader.account(account)
        if row is None or await self.reader.credential(account) != password_hash:
            return WRONG
        factor = await self.reader.second_factor(account)
        second = await self._second(account, factor, command.code, proven)
        if isinstance(second, Refusal):
            return second
        writes, unused = second
        if row["disabled"]:
            return DISABLED
        read = (CredentialIs(account, password_hash), SecondFactorIs(account, factor), *unused)
        return await self.tokens.sign_in(row, command.device or "", *writes, conditions=read)

    async def _second(
        self, account: str, factor: Row | None, code: str | None, proven: ProvenPasskey | None
    ) -> tuple[tuple[Write, ...], tuple[Condition, ...]] | Refusal:
        """What uses up the code or the passkey that was given beside the password."""
        if proven is not None:
            if proven.row["account"] != account:
                return WRONG_PASSKEY
            used = await self.proofs.use(proven)
            return used if isinstance(used, Refusal) else ((used[0],), (used[1],))
        if not in_use(factor):
            return (), ()
        if code is None:
            return CODE_OR_PASSKEY_NEEDED if await self.reader.passkeys(account) else CODE_NEEDED
        spent = spend(account, factor, code)
        return WRONG_CODE if spent is None else ((spent,), ())

    async def refresh(self, caller: Caller, command: Refresh) -> SignedIn | Refusal:
        """Uses the token up and gives the next pair. Tabs may use one token at once; each goes on with
        what it got. A used token that comes back later was stolen: the device ends."""
        given, at = hashed(command.refresh_token), now()
        token = await self.reader.refresh_token(given)
        if token is None or token["expires_at"] <= at:
            return NO_TOKEN
        used = token["used_at"]
        if used is not None and (token["superseded"] or self.earliest() - used > REFRESH_GRACE):
            stolen = DropDevices(token["account"], device=token["device"])
            await self.tokens.revoke(stolen, "a refresh token was used twice")
            return NO_TOKEN
        row = await self.reader.account(token["account"])
        if row is None or row["disabled"]:
            return DISABLED
        successor = new_secret()
        expires_at = at + self.settings.refresh_token_lifetime * 1000
        rotate = RotateRefreshToken(token["device"], given, hashed(successor), at, expires_at)
        await self.commands.write(rotate)
        return self.tokens.signed_in(row, token["device"], successor)

    async def sign_out(self, caller: Caller, command: SignOut) -> Done | Refusal:
        if command.account is not None and not (caller.operator or caller.admin):
            return Refusal("forbidden", "only an operator may sign out somebody else")
        if command.account is not None:
            if await self.reader.account(command.account) is None:
                return NO_SUCH_ACCOUNT
            dropped = DropDevices(command.account)
            answer = await self.credentials.secure(command.account, caller.by, "signed_out", dropped)
            if isinstance(answer, Refusal):
                return answer
            self.tokens.live.end_devices(dropped, "signed out by an operator")
        elif caller.account is not None:
            await self.tokens.revoke(DropDevices(caller.account, device=caller.device), "signed out")
        else:
            return Refusal("invalid", "an operator must say who, in `account`")
        return DONE

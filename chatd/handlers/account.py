"""Handlers of accounts: changing one's own, and what operators do with all."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

import msgspec

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.actors.workers.disabled_members import DisabledMembers
from chatd.auth.login_throttle import LoginThrottle
from chatd.clock import new_id
from chatd.contract.account import AccountResult, BearerToken, ChangePassword, RenameAccount, UpdateAccount
from chatd.contract.account_admin import (
    AccountPage,
    CreateAccount,
    DisableAccount,
    EnableAccount,
    GetAccount,
    IssueToken,
    ListAccountDevices,
    ListAccounts,
    MakeRecoveryLink,
    RecoveryLink,
    ResetPasskeys,
    ResetTotp,
    SetPassword,
)
from chatd.contract.device import DeviceList
from chatd.contract.errors import Refusal
from chatd.contract.spec import Done
from chatd.domain.account.state import NO_SUCH_ACCOUNT
from chatd.domain.event import account_stream
from chatd.domain.names.keys import as_read
from chatd.handlers.credentials import Credentials
from chatd.handlers.device import devices_of
from chatd.handlers.device_tokens import BEARER_LIFETIME, DeviceTokens
from chatd.handlers.fresh_read import retried_when_stale
from chatd.handlers.paging import cut
from chatd.handlers.recovery import RecoveryLinks
from chatd.handlers.refusals import LAST_ADMIN, OPERATOR_HAS_NO_DEVICES
from chatd.handlers.rows import account_row
from chatd.handlers.second_factor import in_use
from chatd.handlers.totp import OFF
from chatd.ports import (
    Caller,
    Condition,
    DropDevices,
    DropPasskeys,
    DropSecondFactor,
    OtherAdminExists,
    PutCredential,
    Reader,
    StoreUnavailable,
    Write,
)

WRONG_OLD: Final = Refusal("unauthenticated", "the old password is wrong")
NO_PASSKEYS: Final = Refusal("conflict", "this account has no passkeys")
NO_BOT_PASSWORD: Final = Refusal("conflict", "a bot has no password; its owner makes tokens with bot.token")


class OwnAccount(msgspec.Struct, frozen=True, eq=False):
    """What an account does with itself."""

    commands: CommandBus
    throttle: LoginThrottle
    credentials: Credentials
    tokens: DeviceTokens

    async def change_password(self, caller: Caller, command: ChangePassword) -> Done | Refusal:
        row = await self.credentials.prove(caller, command.old, WRONG_OLD)
        if isinstance(row, Refusal):
            return row
        password_hash = await self.credentials.hash_new(command.new, row["name"], row["display_name"])
        if isinstance(password_hash, Refusal):
            return password_hash
        others = DropDevices(row["id"], keep=caller.device)
        put = PutCredential(row["id"], password_hash)
        answer = await self.credentials.secure(row["id"], caller.by, "password", put, others)
        if not isinstance(answer, Refusal):
            self.tokens.live.end_devices(others, "the password was changed")
        return answer

    async def update(self, caller: Caller, command: UpdateAccount) -> AccountResult | Refusal:
        if caller.account is None:
            return NO_SUCH_ACCOUNT
        if command.display_name is None:
            stream = account_stream(caller.account)
            return await self.commands.ask(stream, command, context_of(caller), AccountResult)
        return await self._named(caller.account, caller, command)

    async def rename(self, caller: Caller, command: RenameAccount) -> AccountResult | Refusal:
        """Takes the password where there is one: one signs in by the name, and others know one by it."""
        if caller.account is None:
            return OPERATOR_HAS_NO_DEVICES
        if refusal := await self.credentials.confirm(caller, command.password):
            return refusal
        return await self._named(caller.account, caller, command)

    async def _named(
        self, account: str, caller: Caller, command: UpdateAccount | RenameAccount
    ) -> AccountResult | Refusal:
        """Counted as a sign-up is: whether a name is taken can be asked here as well."""
        attempt = self.throttle.sign_up(caller)
        if isinstance(attempt, Refusal):
            return attempt
        with attempt:
            stream = account_stream(account)
            answer = await self.commands.ask(stream, command, context_of(caller), AccountResult)
            if not (isinstance(answer, Refusal) and answer.code == "conflict"):
                attempt.void()
            return answer


class Accounts(msgspec.Struct, frozen=True, eq=False):
    """What operators do with accounts."""

    reader: Reader
    commands: CommandBus
    credentials: Credentials
    tokens: DeviceTokens
    recovery: RecoveryLinks
    disabled: DisabledMembers

    async def create(
        self,
        caller: Caller,
        command: CreateAccount,
        *writes: Write,
        conditions: tuple[Condition, ...] = (),
    ) -> AccountResult | Refusal:
        account = new_id()
        if command.password is not None:
            password_hash = await self.credentials.hash_new(
                command.password, command.name, command.display_name
            )
            if isinstance(password_hash, Refusal):
                return password_hash
            writes = (*writes, PutCredential(account, password_hash))
        stream, context = account_stream(account), context_of(caller)
        return await self.commands.ask(
            stream, command, context, AccountResult, *writes, conditions=conditions
        )

    async def get(self, caller: Caller, query: GetAccount) -> AccountResult | Refusal:
        if (query.account is None) is (query.name is None):
            return Refusal("invalid", "give either account or name")
        if query.account is not None:
            row = await self.reader.account(query.account)
        else:
            row = await self.reader.account_named(as_read(query.name or ""))
        return NO_SUCH_ACCOUNT if row is None else AccountResult(account=account_row(row))

    async def list_(self, caller: Caller, query: ListAccounts) -> AccountPage:
        rows = await self.reader.accounts(query.after, query.limit + 1, query.name)
        page, following = cut(rows, query.limit, "id")
        return AccountPage(accounts=[account_row(row) for row in page], next=following)

    @retried_when_stale
    async def disable(self, caller: Caller, command: DisableAccount) -> Done | Refusal:
        row = await self.reader.account(command.account)
        if row is None:
            return NO_SUCH_ACCOUNT
        conditions: tuple[Condition, ...] = ()
        if row["admin"] and not row["disabled"]:
            if not await self.reader.other_admin(command.account):
                return LAST_ADMIN
            conditions = (OtherAdminExists(command.account),)
        stream, context = account_stream(command.account), context_of(caller)
        answer = await self.commands.ask(stream, command, context, Done, conditions=conditions)
        if not isinstance(answer, Refusal):
            await self.tokens.revoke(DropDevices(command.account), "the account was disabled")
            bots = {bot["account"] for bot in await self.reader.bots(command.account)}
            self.tokens.live.end("the bot's owner was disabled", lambda claims: claims.account in bots)
            await self._tell_members()
        return answer

    async def enable(self, caller: Caller, command: EnableAccount) -> Done | Refusal:
        answer = await self.commands.ask(account_stream(command.account), command, context_of(caller), Done)
        if not isinstance(answer, Refusal):
            await self._tell_members()
        return answer

    async def _tell_members(self) -> None:
        """Before the answer, so that whoever asks next is refused; what fails is done later."""
        with suppress(StoreUnavailable):
            await self.disabled.tell()

    async def set_password(self, caller: Caller, command: SetPassword) -> Done | Refusal:
        row = await self.reader.account(command.account)
        if row is None:
            return NO_SUCH_ACCOUNT
        if row["owner"] is not None:
            return NO_BOT_PASSWORD
        password_hash = await self.credentials.hash_new(command.password, row["name"], row["display_name"])
        if isinstance(password_hash, Refusal):
            return password_hash
        dropped = DropDevices(row["id"])
        put = PutCredential(row["id"], password_hash)
        answer = await self.credentials.secure(row["id"], caller.by, "password", put, dropped)
        if not isinstance(answer, Refusal):
            self.tokens.live.end_devices(dropped, "the password was changed")
        return answer

    async def token(self, caller: Caller, command: IssueToken) -> BearerToken | Refusal:
        row = await self.reader.account(command.account)
        if row is None or row["deleted"]:
            return NO_SUCH_ACCOUNT
        if row["disabled"]:
            return Refusal("conflict", "the account is disabled; enable it first")
        lifetime = command.expires_in or BEARER_LIFETIME
        device, issued = self.tokens.bearer(row["id"], command.name or "token", lifetime)
        answer = await self.credentials.secure(row["id"], caller.by, "token_made", device)
        return answer if isinstance(answer, Refusal) else issued

    async def devices(self, caller: Caller, query: ListAccountDevices) -> DeviceList | Refusal:
        if await self.reader.account(query.account) is None:
            return NO_SUCH_ACCOUNT
        return await devices_of(self.reader, self.tokens, caller, query.account, query)

    async def reset_totp(self, caller: Caller, command: ResetTotp) -> Done | Refusal:
        """For somebody who lost the app and the recovery codes."""
        if await self.reader.account(command.account) is None:
            return NO_SUCH_ACCOUNT
        if not in_use(await self.reader.second_factor(command.account)):
            return OFF
        dropped = DropSecondFactor(command.account)
        return await self.credentials.secure(command.account, caller.by, "totp_off", dropped)

    async def reset_passkeys(self, caller: Caller, command: ResetPasskeys) -> Done | Refusal:
        """For somebody who lost what keeps them, or fears that somebody else has it."""
        if await self.reader.account(command.account) is None:
            return NO_SUCH_ACCOUNT
        if not await self.reader.passkeys(command.account):
            return NO_PASSKEYS
        dropped = DropPasskeys(command.account)
        return await self.credentials.secure(command.account, caller.by, "passkey_removed", dropped)

    async def recovery_link(self, caller: Caller, command: MakeRecoveryLink) -> RecoveryLink | Refusal:
        return await self.recovery.make(command.account, caller.by)

"""Handlers of passkeys: adding and removing them, and signing in with one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from chatd.actors.runtime.command_bus import CommandBus
from chatd.auth import webauthn
from chatd.auth.webauthn import WrongPasskey
from chatd.clock import new_id, now
from chatd.contract.errors import Refusal
from chatd.contract.passkey import (
    CEREMONY_SECONDS,
    MAX_PASSKEYS,
    AddPasskey,
    BeginPasskey,
    ListPasskeys,
    Passkey,
    PasskeyBegun,
    PasskeyChallenge,
    PasskeyList,
    PasskeyResult,
    RemovePasskey,
    RenamePasskey,
)
from chatd.contract.rows import pick
from chatd.contract.sign_in import BeginPasskeySignIn, PasskeySignIn, SignedIn
from chatd.contract.spec import DONE, Done
from chatd.handlers.credentials import Credentials
from chatd.handlers.device_tokens import DeviceTokens
from chatd.handlers.fresh_read import retried_when_stale
from chatd.handlers.passkey_proofs import OVER, PasskeyProofs, ProvenPasskey
from chatd.handlers.refusals import DISABLED, OPERATOR_HAS_NO_DEVICES
from chatd.ports import (
    Caller,
    DropPasskeys,
    NamePasskey,
    PasskeyAbsent,
    PasskeyCountIs,
    PutPasskey,
    Reader,
)

UNFIT: Final = Refusal("invalid", "the browser has not made a passkey that this server can use; begin again")
NO_SUCH: Final = Refusal("not_found", "this account has no such passkey")
TOO_MANY: Final = Refusal("conflict", f"an account has at most {MAX_PASSKEYS} passkeys; remove one first")
KNOWN: Final = Refusal("conflict", "this passkey is registered already")
LAST: Final = Refusal("conflict", "nothing else signs this account in; ask for a recovery link first")
UNVERIFIED: Final = Refusal(
    "unauthenticated", "the device must ask who you are (a PIN, a finger, a face) to sign in with it alone"
)


class Passkeys(msgspec.Struct, frozen=True, eq=False):
    """The passkeys of the caller."""

    reader: Reader
    commands: CommandBus
    credentials: Credentials
    proofs: PasskeyProofs
    server_name: str

    async def begin(self, caller: Caller, command: BeginPasskey) -> PasskeyBegun | Refusal:
        """Takes the password where there is one: a passkey signs in forever."""
        account = caller.account
        if account is None:
            return OPERATOR_HAS_NO_DEVICES
        if refusal := await self.credentials.confirm(caller, command.password):
            return refusal
        known = await self.reader.passkeys(account)
        if len(known) >= MAX_PASSKEYS:
            return TOO_MANY
        begun = self.proofs.begin(command.host, account)
        if isinstance(begun, Refusal):
            return begun
        secret, ceremony = begun
        return PasskeyBegun(
            ceremony=secret,
            rp=ceremony.party.id,
            rp_name=self.server_name,
            user=webauthn.shown(account.encode()),
            challenge=webauthn.shown(ceremony.challenge),
            algorithms=list(webauthn.ALGORITHMS),
            exclude=[webauthn.shown(row["credential"]) for row in known],
            expires_in=CEREMONY_SECONDS,
        )

    async def add(self, caller: Caller, command: AddPasskey) -> PasskeyResult | Refusal:
        ceremony = await self.proofs.ceremonies.take_anywhere(command.ceremony)
        if ceremony is None or ceremony.account is None or ceremony.account != caller.account:
            return OVER
        try:
            made = await webauthn.registered(
                ceremony.party,
                ceremony.challenge,
                webauthn.read(command.client_data),
                webauthn.read(command.attestation),
            )
        except WrongPasskey:
            return UNFIT
        name = command.name or "passkey"
        rp = ceremony.party.id
        put = PutPasskey(
            new_id(), ceremony.account, made.credential, made.public_key, made.count, rp, name, now()
        )
        return await self._add(put)

    @retried_when_stale
    async def _add(self, put: PutPasskey) -> PasskeyResult | Refusal:
        if await self.reader.passkey(put.credential) is not None:
            return KNOWN
        count = len(await self.reader.passkeys(put.account))
        if count >= MAX_PASSKEYS:
            return TOO_MANY
        read = (PasskeyCountIs(put.account, count), PasskeyAbsent(put.credential))
        answer = await self.credentials.secure(
            put.account, put.account, "passkey_added", put, conditions=read
        )
        if isinstance(answer, Refusal):
            return answer
        made = Passkey(id=put.id, name=put.name, rp=put.rp, created_at=put.at, used_at=None)
        return PasskeyResult(passkey=made)

    async def list_(self, caller: Caller, query: ListPasskeys) -> PasskeyList | Refusal:
        if caller.account is None:
            return OPERATOR_HAS_NO_DEVICES
        return PasskeyList(
            passkeys=[pick(Passkey, row) for row in await self.reader.passkeys(caller.account)]
        )

    async def rename(self, caller: Caller, command: RenamePasskey) -> Done | Refusal:
        if caller.account is None:
            return OPERATOR_HAS_NO_DEVICES
        if await self._own(caller.account, command.passkey) is None:
            return NO_SUCH
        await self.commands.write(NamePasskey(caller.account, command.passkey, command.name))
        return DONE

    async def remove(self, caller: Caller, command: RemovePasskey) -> Done | Refusal:
        account = caller.account
        if account is None:
            return OPERATOR_HAS_NO_DEVICES
        if refusal := await self.credentials.confirm(caller, command.password):
            return refusal
        return await self._remove(account, caller.by, command.passkey)

    @retried_when_stale
    async def _remove(self, account: str, by: str, passkey: str) -> Done | Refusal:
        known = await self.reader.passkeys(account)
        if passkey not in {row["id"] for row in known}:
            return NO_SUCH
        if len(known) == 1 and await self._has_nothing_else(account):
            return LAST
        dropped, read = DropPasskeys(account, passkey), (PasskeyCountIs(account, len(known)),)
        return await self.credentials.secure(account, by, "passkey_removed", dropped, conditions=read)

    async def _own(self, account: str, passkey: str) -> Mapping[str, object] | None:
        return next((row for row in await self.reader.passkeys(account) if row["id"] == passkey), None)

    async def _has_nothing_else(self, account: str) -> bool:
        return await self.reader.credential(account) is None and not await self.reader.identities(account)


class PasskeySignIns(msgspec.Struct, frozen=True, eq=False):
    """Signing in with a passkey alone. The device has asked who one is, so no second factor is."""

    reader: Reader
    proofs: PasskeyProofs
    tokens: DeviceTokens

    async def passkey_begin(self, caller: Caller, command: BeginPasskeySignIn) -> PasskeyChallenge | Refusal:
        begun = self.proofs.begin(command.host, None)
        if isinstance(begun, Refusal):
            return begun
        secret, ceremony = begun
        challenge = webauthn.shown(ceremony.challenge)
        return PasskeyChallenge(
            ceremony=secret, rp=ceremony.party.id, challenge=challenge, expires_in=CEREMONY_SECONDS
        )

    async def passkey_sign_in(self, caller: Caller, command: PasskeySignIn) -> SignedIn | Refusal:
        proven = await self.proofs.proven(command)
        if isinstance(proven, Refusal):
            return proven
        return await self._admit(proven, command.device or "") if proven.verified else UNVERIFIED

    @retried_when_stale
    async def _admit(self, proven: ProvenPasskey, device_name: str) -> SignedIn | Refusal:
        account = proven.row["account"]
        row = await self.reader.account(account)
        if row is None or row["disabled"]:
            return DISABLED
        used = await self.proofs.use(proven)
        if isinstance(used, Refusal):
            return used
        use, unused = used
        return await self.tokens.sign_in(row, device_name, use, conditions=(unused,))

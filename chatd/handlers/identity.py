"""Handlers of identities: who the provider says somebody is, and which account that is here.

An identity leads to an account because it was linked to it, never because names or addresses are alike.
The second factor is the provider's task: nobody asks for it again here.
"""

from __future__ import annotations

from typing import Final

import msgspec

from chatd.actors.runtime.command_bus import CommandBus
from chatd.auth.sso_flow import NONE, OVER, SingleSignOn, s256
from chatd.clock import now
from chatd.contract.errors import Refusal
from chatd.contract.identity import (
    AddIdentity,
    BeginIdentity,
    GetProvider,
    Identity,
    IdentityLink,
    IdentityList,
    IdentityProvider,
    IdentityResult,
    ListIdentities,
    ProviderResult,
    RemoveIdentity,
)
from chatd.contract.rows import pick
from chatd.contract.sign_in import ExchangeCode, SignedIn
from chatd.contract.spec import Done
from chatd.handlers.credentials import Credentials
from chatd.handlers.device_tokens import DeviceTokens
from chatd.handlers.first_sign_in import FirstSignIn
from chatd.handlers.fresh_read import retried_when_stale
from chatd.handlers.refusals import DISABLED, OPERATOR_HAS_NO_IDENTITIES
from chatd.ports import (
    Caller,
    DropIdentities,
    IdentityAbsent,
    IdentityCountIs,
    PutIdentity,
    Reader,
)
from chatd.ports import Identity as ProviderIdentity

MAX_IDENTITIES: Final = 8
IDENTITY_TAKEN: Final = Refusal(
    "conflict", "this identity belongs to another account here; remove it there first"
)
TOO_MANY: Final = Refusal("conflict", f"an account has at most {MAX_IDENTITIES} identities; remove one first")
LAST: Final = Refusal(
    "conflict", "this identity is the only way to sign in to the account; set a password first"
)
NOT_LINKED: Final = Refusal("not_found", "this identity is not linked to the account")


class SingleSignOns(msgspec.Struct, frozen=True, eq=False):
    """Signing in by an identity."""

    reader: Reader
    commands: CommandBus
    sso: SingleSignOn
    tokens: DeviceTokens
    first: FirstSignIn

    async def exchange(self, caller: Caller, command: ExchangeCode) -> SignedIn | Refusal:
        """Exchanges the code with which a browser came back. A first sign-in may make the account."""
        back = await self.sso.returned.take_anywhere(command.code)
        challenge = None if command.verifier is None else s256(command.verifier)
        if back is None or back.account is not None or back.challenge != challenge:
            return OVER
        return await self._sign_in(back.identity, command.device or "")

    @retried_when_stale
    async def _sign_in(self, identity: ProviderIdentity, device_name: str) -> SignedIn | Refusal:
        known = await self.reader.identity(identity.issuer, identity.subject)
        if known is None:
            return await self.first.sign_in(identity, device_name)
        account = known["account"]
        row = await self.reader.account(account)
        if row is None or row["disabled"]:
            return DISABLED
        return await self.tokens.sign_in(row, device_name)


class Identities(msgspec.Struct, frozen=True, eq=False):
    """The identities of the caller."""

    reader: Reader
    sso: SingleSignOn
    credentials: Credentials
    provider_name: str

    async def provider(self, caller: Caller, query: GetProvider) -> ProviderResult:
        if not self.sso.offered:
            return ProviderResult(provider=None)
        return ProviderResult(provider=IdentityProvider(name=self.provider_name, url=self.sso.start))

    async def begin(self, caller: Caller, command: BeginIdentity) -> IdentityLink | Refusal:
        """Takes the password where there is one: a linked identity signs in forever."""
        if not self.sso.offered:
            return NONE
        if caller.account is None:
            return OPERATOR_HAS_NO_IDENTITIES
        if refusal := await self.credentials.confirm(caller, command.password):
            return refusal
        return IdentityLink(url=self.sso.ticket(caller.account))

    async def add(self, caller: Caller, command: AddIdentity) -> IdentityResult | Refusal:
        """Links the identity with which a browser came back, if this account had sent it."""
        back = await self.sso.returned.take_anywhere(command.code)
        if back is None or back.account is None or back.account != caller.account:
            return OVER
        return await self._link(back.account, caller.by, back.identity)

    @retried_when_stale
    async def _link(self, account: str, by: str, identity: ProviderIdentity) -> IdentityResult | Refusal:
        issuer, subject = identity.issuer, identity.subject
        known = await self.reader.identity(issuer, subject)
        if known is not None:
            own = known["account"] == account
            return IdentityResult(identity=pick(Identity, known)) if own else IDENTITY_TAKEN
        count = len(await self.reader.identities(account))
        if count >= MAX_IDENTITIES:
            return TOO_MANY
        put = PutIdentity(issuer, subject, account, now())
        read = (IdentityAbsent(issuer, subject), IdentityCountIs(account, count))
        answer = await self.credentials.secure(account, by, "identity_added", put, conditions=read)
        if isinstance(answer, Refusal):
            return answer
        return IdentityResult(identity=Identity(issuer=put.issuer, subject=put.subject, at=put.at))

    async def list_(self, caller: Caller, query: ListIdentities) -> IdentityList | Refusal:
        if caller.account is None:
            return OPERATOR_HAS_NO_IDENTITIES
        rows = await self.reader.identities(caller.account)
        return IdentityList(identities=[pick(Identity, row) for row in rows])

    async def remove(self, caller: Caller, command: RemoveIdentity) -> Done | Refusal:
        account = caller.account
        if account is None:
            return OPERATOR_HAS_NO_IDENTITIES
        if refusal := await self.credentials.confirm(caller, command.password):
            return refusal
        return await self._unlink(account, caller.by, command)

    @retried_when_stale
    async def _unlink(self, account: str, by: str, command: RemoveIdentity) -> Done | Refusal:
        linked = await self.reader.identities(account)
        if (command.issuer, command.subject) not in {(row["issuer"], row["subject"]) for row in linked}:
            return NOT_LINKED
        if len(linked) == 1 and await self.reader.credential(account) is None:
            return LAST
        dropped = DropIdentities(account, command.issuer, command.subject)
        read = (IdentityCountIs(account, len(linked)),)
        return await self.credentials.secure(account, by, "identity_removed", dropped, conditions=read)

"""The first sign-in by an identity: an account is made for it, with a name like the provider's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from chatd.actors.runtime.command_bus import CommandBus
from chatd.actors.runtime.envelope import STALE
from chatd.clock import new_id, now
from chatd.contract.account import AccountResult
from chatd.contract.errors import Refusal
from chatd.contract.requests import REQUESTS
from chatd.contract.shown import fit_name
from chatd.contract.sign_in import SignedIn
from chatd.domain.account.decide import RESERVED_DISPLAY_NAME
from chatd.domain.decision import Context
from chatd.domain.event import account_stream
from chatd.domain.names.keys import name_key
from chatd.domain.names.spelling import fitted, spelled, well_spelled
from chatd.domain.names.taken import DISPLAY_NAME_TAKEN
from chatd.handlers.device_tokens import DeviceTokens
from chatd.ports import Identity, IdentityAbsent, PutIdentity, Reader

STRANGER: Final = Refusal(
    "forbidden",
    "no account here belongs to this identity; sign in with a password and link it, or ask the people"
    " who run this server for an account",
)
_NAME_LENGTH: Final = 32
_DISPLAY_NAME_LENGTH: Final = 80
_CANDIDATES: Final = 50
_TRIES: Final = 5


class FirstSignIn(msgspec.Struct, frozen=True, eq=False):
    """`allowed`: the server makes accounts for identities that it does not know."""

    reader: Reader
    commands: CommandBus
    tokens: DeviceTokens
    allowed: bool

    async def sign_in(self, identity: Identity, device_name: str) -> SignedIn | Refusal:
        """Makes the account and signs it in; `STALE` when the identity has an account meanwhile.

        Raises StoreUnavailable.
        """
        if not self.allowed:
            return STRANGER
        refusal, display_name = STRANGER, _display_name(identity)
        for name in await self._free_names(identity):
            answer = await self._make(identity, name, display_name, device_name)
            if answer in (DISPLAY_NAME_TAKEN, RESERVED_DISPLAY_NAME):
                display_name = None  # the account is shown by its name
                answer = await self._make(identity, name, display_name, device_name)
            if answer == STALE or not isinstance(answer, Refusal):
                return answer
            if answer.code not in ("conflict", "invalid"):
                return answer
            refusal = answer  # it is about the name: the next one may do
        return refusal

    async def _make(
        self, identity: Identity, name: str, display_name: str | None, device_name: str
    ) -> SignedIn | Refusal:
        account = new_id()
        command = REQUESTS["account.create"].read({"name": name, "display_name": display_name})
        if isinstance(command, Refusal):
            return command
        device, at = self.tokens.new_device(account, device_name), now()
        writes = (PutIdentity(identity.issuer, identity.subject, account, at), device.put)
        first = IdentityAbsent(identity.issuer, identity.subject)
        context = Context(account, at)
        answer = await self.commands.ask(
            account_stream(account), command, context, AccountResult, *writes, conditions=(first,)
        )
        if isinstance(answer, Refusal):
            return answer
        return self.tokens.signed_in(answer.account, device.put.device, device.refresh_token)

    async def _free_names(self, identity: Identity) -> list[str]:
        """Names like the provider's that nobody has, and one that is never refused."""
        names = list(_names(identity))
        keys = [name_key(name) for name in names]
        taken = {row["name_key"] for row in await self.reader.accounts_named(keys)}
        free = [name for name in names if name_key(name) not in taken]
        return [*free[:_TRIES], f"member-{new_id()[-10:].lower()}"]


def _names(identity: Identity) -> Iterator[str]:
    fit = (_fit(name) for name in (identity.name, identity.display_name))
    base = next((name for name in fit if len(name) >= 2), "member")
    yield base
    for number in range(2, _CANDIDATES):
        yield f"{base[: _NAME_LENGTH - 2].rstrip('.-')}{number}"


def _fit(name: str | None) -> str:
    """`name` without what a name may not have, or nothing; of an address the part before the @."""
    local = spelled(name or "").partition("@")[0].replace(".", " ")
    found = fitted(local, ".").lstrip(".-")[:_NAME_LENGTH].rstrip(".-")
    return found if well_spelled(found) else ""


def _display_name(identity: Identity) -> str | None:
    return fit_name(identity.display_name or "", _DISPLAY_NAME_LENGTH) or None

"""Recovery without e-mail: a link that an operator makes and hands over, good once and for an hour.

The link to a placeholder that an import made is good for two weeks: with it a person claims the account.

A link leads to a page that sets a new password. All devices and passkeys end with that; a second factor
stays.
"""

from __future__ import annotations

from functools import partial
from typing import Final

import msgspec

from chatd.auth.tokens import hashed, new_secret
from chatd.clock import now
from chatd.contract.account_admin import RecoveryLink
from chatd.contract.errors import Refusal
from chatd.handlers.credentials import Credentials
from chatd.handlers.device_tokens import DeviceTokens
from chatd.handlers.fresh_read import retried_when_stale
from chatd.handlers.known_elsewhere import found
from chatd.handlers.server_address import ServerAddress
from chatd.ports import (
    DropDevices,
    DropPasskeys,
    DropRecoveryLinks,
    Freshness,
    PutCredential,
    PutRecoveryLink,
    Reader,
    RecoveryLinkIs,
    Row,
)

LIFETIME: Final = 3600_000  # milliseconds
CLAIMABLE: Final = 14 * 86_400_000  # the same, of a link to a placeholder: an invitation to its person
USED: Final = Refusal("not_found", "this link has been used, has expired or is wrong; ask for a new one")


class RecoveryLinks(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    credentials: Credentials
    tokens: DeviceTokens
    address: ServerAddress
    fresh: Freshness | None = None

    async def make(self, account: str, by: str) -> RecoveryLink | Refusal:
        """Of several links each is good, so that two helpers do not spoil each other's; one use ends all."""
        row = await self.reader.account(account)
        lifetime = CLAIMABLE if row is not None and row["placeholder"] else LIFETIME
        code, expires_at = new_secret(), now() + lifetime
        put = PutRecoveryLink(account, hashed(code), expires_at)
        answer = await self.credentials.secure(account, by, "recovery_link", put)
        if isinstance(answer, Refusal):
            return answer
        return RecoveryLink(url=self.address.link("/recover", code), expires_at=expires_at)

    @retried_when_stale
    async def use(self, code: str, password: str) -> str | Refusal:
        """Sets the password of the account that the link is for, and returns the account's name.

        A password that will not do leaves the link good. Raises StoreUnavailable.
        """
        row = await self._account(code)
        if row is None:
            return USED
        password_hash = await self.credentials.hash_new(password, row["name"], row["display_name"])
        if isinstance(password_hash, Refusal):
            return password_hash
        account, dropped = row["id"], DropDevices(row["id"])
        writes = (
            PutCredential(account, password_hash),
            DropRecoveryLinks(account),
            DropPasskeys(account),  # whoever had got in may have left one
            dropped,
        )
        unused = (RecoveryLinkIs(account, hashed(code)),)
        answer = await self.credentials.secure(account, account, "recovered", *writes, conditions=unused)
        if isinstance(answer, Refusal):
            return answer
        self.tokens.live.end_devices(dropped, "the password was changed")
        return str(row["name"])

    async def _account(self, code: str) -> Row | None:
        """The account that the link is for, while it is good."""
        look = partial(self.reader.recovery_link, hashed(code))
        link = await found(look, self.fresh, lambda link: link is None)
        if link is None or link["expires_at"] <= now():
            return None
        return await self.reader.account(link["account"])

"""Tokens of devices: made when an account signs in, and revoked with the device."""

from __future__ import annotations

from typing import Final

import msgspec

from chatd.actors.runtime.command_bus import CommandBus
from chatd.actors.runtime.live_sessions import LiveSessions
from chatd.auth.tokens import Claims, Tokens, hashed, new_secret
from chatd.clock import new_id, now
from chatd.contract.account import Account, BearerToken
from chatd.contract.errors import Refusal
from chatd.contract.sign_in import SignedIn
from chatd.contract.spec import Done
from chatd.domain.decision import Context
from chatd.domain.event import account_stream
from chatd.domain.internal import SecureAccount
from chatd.handlers.rows import account_row
from chatd.ports import AccountActive, Condition, DropDevices, PutDevice, Row, Write
from chatd.settings import Settings

BEARER_LIFETIME: Final = 365 * 86400  # seconds; of tokens that are not refreshed


class NewDevice(msgspec.Struct, frozen=True):
    """A device that is about to be stored, and the refresh token of which it stores only a hash."""

    put: PutDevice
    refresh_token: str


class DeviceTokens(msgspec.Struct, frozen=True, eq=False):
    settings: Settings
    tokens: Tokens
    commands: CommandBus
    live: LiveSessions

    def new_device(self, account: str, name: str) -> NewDevice:
        """A device that refreshes its tokens."""
        at, refresh_token = now(), new_secret()
        expires_at = at + self.settings.refresh_token_lifetime * 1000
        put = PutDevice(new_id(), account, name, hashed(refresh_token), at, expires_at)
        return NewDevice(put, refresh_token)

    def signed_in(self, account: Row | Account, device: str, refresh_token: str) -> SignedIn:
        """What a client learns when its device has signed in or refreshed."""
        row = account if isinstance(account, Account) else account_row(account)
        lifetime = self.settings.access_token_lifetime
        return SignedIn(
            account=row,
            access_token=self.tokens.sign(Claims(row.id, device), now(), lifetime),
            refresh_token=refresh_token,
            expires_in=lifetime,
        )

    def bearer(
        self, account: str, name: str, lifetime: int = BEARER_LIFETIME
    ) -> tuple[PutDevice, BearerToken]:
        """A device with one token that is good for `lifetime` seconds."""
        at, device = now(), new_id()
        put = PutDevice(device, account, name, None, at, at + lifetime * 1000)
        token = self.tokens.sign(Claims(account, device), at, lifetime)
        return put, BearerToken(token=token, expires_at=put.expires_at)

    async def sign_in(
        self, row: Row, device_name: str, *writes: Write, conditions: tuple[Condition, ...] = ()
    ) -> SignedIn | Refusal:
        """Stores a new device of an account, and tells it; `STALE` when a condition does not hold, or the
        account is not active any more."""
        account, secured = row["id"], SecureAccount("device_added")
        device, context = self.new_device(account, device_name), Context(account, now())
        stream, conditions = account_stream(account), (AccountActive(account), *conditions)
        added = await self.commands.ask(
            stream, secured, context, Done, device.put, *writes, conditions=conditions
        )
        if isinstance(added, Refusal):
            return added
        return self.signed_in(row, device.put.device, device.refresh_token)

    async def revoke(self, dropped: DropDevices, reason: str, *writes: Write) -> None:
        """Revokes devices: durable first, then their connections are closed. Raises StoreUnavailable."""
        await self.commands.write(dropped, *writes)
        self.live.end_devices(dropped, reason)

"""Devices at the desk: those an account is signed in on, what they bear, and how they are taken back."""

from __future__ import annotations

from typing import Any, Final

from chatd.actors.runtime.envelope import Answer
from chatd.auth.tokens import Claims, hashed, new_secret
from chatd.contract import command as c
from chatd.contract.errors import Refusal
from chatd.domain.account.state import NO_SUCH_ACCOUNT
from chatd.handlers.credentials import NO_ACCOUNT
from chatd.handlers.desk import Desk, now
from chatd.ports import Caller, DropDevices, PutDevice, Row, Write

NO_DEVICE: Final = Refusal("not_found", "there is no such device")
BEARER_LIFETIME: Final = 365 * 86400  # seconds; of tokens that are not renewed


def signed_in(desk: Desk, account: str, name: str) -> tuple[PutDevice, dict[str, Any]]:
    """A new device that renews its tokens, and what its client is told."""
    at, device, refresh_token = now(), desk.new_id(), new_secret()
    expires_at = at + desk.settings.refresh_token_lifetime * 1000
    put = PutDevice(device, account, name, hashed(refresh_token), at, expires_at)
    return put, tokens(desk, Claims(account, device), refresh_token)


def tokens(desk: Desk, claims: Claims, refresh_token: str) -> dict[str, Any]:
    lifetime = desk.settings.access_token_lifetime
    return {
        "access_token": desk.tokens.sign(claims, now(), lifetime),
        "refresh_token": refresh_token,
        "expires_in": lifetime,
    }


def bearing(
    desk: Desk, account: str, name: str, lifetime: int = BEARER_LIFETIME
) -> tuple[PutDevice, dict[str, Any]]:
    """A new device with one token for `lifetime` seconds, and what is told whoever asked for it."""
    at, device = now(), desk.new_id()
    put = PutDevice(device, account, name, None, at, at + lifetime * 1000)
    token = desk.tokens.sign(Claims(account, device), at, lifetime)
    return put, {"token": token, "expires_at": put.expires_at}


async def list_(desk: Desk, caller: Caller, query: c.ListDevices) -> Answer:
    if caller.account is None:
        return NO_ACCOUNT
    return await _listed(desk, caller, caller.account)


async def list_of_account(desk: Desk, caller: Caller, query: c.ListAccountDevices) -> Answer:
    if await desk.reader.account(query.account) is None:
        return NO_SUCH_ACCOUNT
    return await _listed(desk, caller, query.account)


async def revoke(desk: Desk, caller: Caller, command: c.RevokeDevice) -> Answer:
    device = await desk.reader.device(command.device)
    if device is None or not (caller.operator or device["account"] == caller.account):
        return NO_DEVICE
    await drop(desk, DropDevices(device["account"], device=device["id"]), "this device was signed out")
    return {}


async def drop(desk: Desk, dropped: DropDevices, reason: str, *writes: Write) -> None:
    """Takes devices back: durable first, then their connections are closed. Raises StoreUnavailable."""
    await desk.write(dropped, *writes)
    end(desk, dropped, reason)


def end(desk: Desk, dropped: DropDevices, reason: str) -> None:
    """Closes the connections of devices that are no more."""

    def is_dropped(claims: Claims) -> bool:
        if claims.account != dropped.account or claims.device == dropped.keep:
            return False
        return dropped.device is None or claims.device == dropped.device

    desk.end_sessions(reason, is_dropped)


async def _listed(desk: Desk, caller: Caller, account: str) -> dict[str, Any]:
    at = now()
    connected = {session.claims.device for session in desk.sessions if session.claims is not None}
    rows = await desk.reader.devices(account)
    return {"devices": [_shown(row, caller, connected) for row in rows if row["expires_at"] > at]}


def _shown(row: Row, caller: Caller, connected: set[str]) -> dict[str, Any]:
    """`last_seen`: when it last signed in or took new tokens; a bearer token does neither."""
    renewed = row["refresh_hash"] is not None
    return {
        "id": row["id"],
        "name": row["name"],
        "created_at": row["created_at"],
        "expires_at": row["expires_at"],
        "last_seen": (row["rotated_at"] or row["created_at"]) if renewed else None,
        "current": row["id"] == caller.device,
        "connected": row["id"] in connected,
    }

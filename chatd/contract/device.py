"""Devices: where an account is signed in, and its bearer tokens."""

from __future__ import annotations

from msgspec import Struct

from chatd.contract.fields import (
    MAX_PAGE,
    Id,
    Limit,
    Time,
)
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command, query


class ListDevices(Struct, frozen=True):
    after: Id | None = None
    limit: Limit = MAX_PAGE


class RevokeDevice(Struct, frozen=True):
    device: Id


class RevokeOtherDevices(Struct, frozen=True):
    pass


class Device(Struct, frozen=True, kw_only=True):
    """`last_seen`: when it last took new tokens, null for a bearer token; `current` is the one that asks.

    `connected` says whether it has a connection now.
    """

    id: Id
    name: str
    created_at: Time
    expires_at: Time
    last_seen: Time | None
    current: bool
    connected: bool


class DeviceList(Struct, frozen=True, kw_only=True):
    """The oldest first."""

    devices: list[Device]
    next: Id | None


REQUESTS: tuple[RequestType, ...] = (
    query(
        "device.list",
        ListDevices,
        DeviceList,
        doc="The devices on which the caller is signed in.",
        http=Http("GET", "/devices"),
        scope="never",
        notes=("A device is where the account signed in, or a bearer token. The oldest first.",),
    ),
    command(
        "device.revoke",
        RevokeDevice,
        doc="Ends one of the caller's devices at once.",
        http=Http("DELETE", "/devices/{device}"),
        scope="never",
        refusals=("not_found",),
        notes=("The device's connections close with 4002.",),
    ),
    command(
        "device.revoke_others",
        RevokeOtherDevices,
        doc="Ends all of the caller's devices at once, except the one that asks.",
        http=Http("POST", "/devices/revoke_others"),
        scope="never",
        notes=("Their connections close with 4002. Bearer tokens end, too.",),
    ),
)

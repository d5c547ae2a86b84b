"""Handlers of devices: listed and revoked."""

from __future__ import annotations

from operator import itemgetter
from typing import Final

import msgspec

from chatd.clock import now
from chatd.contract.account_admin import ListAccountDevices
from chatd.contract.device import Device, DeviceList, ListDevices, RevokeDevice, RevokeOtherDevices
from chatd.contract.errors import Refusal
from chatd.contract.rows import pick
from chatd.contract.spec import DONE, Done
from chatd.handlers.device_tokens import DeviceTokens
from chatd.handlers.paging import page_of
from chatd.handlers.refusals import OPERATOR_HAS_NO_DEVICES
from chatd.ports import Caller, DropDevices, Reader, Row

NO_DEVICE: Final = Refusal("not_found", "there is no such device")


class Devices(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    tokens: DeviceTokens

    async def list_(self, caller: Caller, query: ListDevices) -> DeviceList | Refusal:
        if caller.account is None:
            return OPERATOR_HAS_NO_DEVICES
        return await devices_of(self.reader, self.tokens, caller, caller.account, query)

    async def revoke(self, caller: Caller, command: RevokeDevice) -> Done | Refusal:
        device = await self.reader.device(command.device)
        if device is None or not (caller.operator or device["account"] == caller.account):
            return NO_DEVICE
        dropped = DropDevices(device["account"], device=device["id"])
        await self.tokens.revoke(dropped, "this device was signed out")
        return DONE

    async def revoke_others(self, caller: Caller, command: RevokeOtherDevices) -> Done | Refusal:
        if caller.account is None:
            return OPERATOR_HAS_NO_DEVICES
        others = DropDevices(caller.account, keep=caller.device)
        await self.tokens.revoke(others, "signed out from another device")
        return DONE


async def devices_of(
    reader: Reader,
    tokens: DeviceTokens,
    caller: Caller,
    account: str,
    query: ListDevices | ListAccountDevices,
) -> DeviceList:
    """A page of the devices of an account that have not expired, as the caller sees them."""
    at, connected = now(), await tokens.live.devices_anywhere(account)
    rows = await reader.devices(account)
    lasting = sorted((row for row in rows if row["expires_at"] > at), key=itemgetter("id"))
    page, following = page_of(lasting, query.after, query.limit, itemgetter("id"))
    return DeviceList(devices=[_shown(row, caller, connected) for row in page], next=following)


def _shown(row: Row, caller: Caller, connected: set[str]) -> Device:
    return pick(
        Device,
        row,
        last_seen=row["refreshed_at"],
        current=row["id"] == caller.device,
        connected=row["id"] in connected,
    )

"""Handlers of web push: which devices are notified."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from typing import Final
from urllib.parse import urlsplit

import msgspec

from chatd.actors.runtime.command_bus import CommandBus
from chatd.actors.workers.push_payload import test_push
from chatd.actors.workers.pusher import Pusher
from chatd.clock import now
from chatd.contract.errors import Refusal
from chatd.contract.push import (
    MAX_PUSH_DEVICES,
    GetPushKey,
    ListPushes,
    PushedDevice,
    PushedDevices,
    PushKey,
    PushTested,
    SubscribePush,
    TestPush,
    UnsubscribePush,
)
from chatd.contract.spec import DONE, Done
from chatd.handlers.refusals import OPERATOR_HAS_NO_DEVICES
from chatd.ports import Caller, DropPush, PutPush, Reader, Row

NOT_SUBSCRIBED: Final = Refusal("not_found", "this device is not notified by web push (push.subscribe)")
PUSH_IS_OFF: Final = Refusal("conflict", "this server notifies nobody by web push: its admin switched it off")


class PushSubscriptions(msgspec.Struct, frozen=True, eq=False):
    """`pusher`: None where an admin has switched it off."""

    reader: Reader
    commands: CommandBus
    pusher: Pusher | None

    async def key(self, caller: Caller, query: GetPushKey) -> PushKey | Refusal:
        if self.pusher is None:
            return PUSH_IS_OFF
        return PushKey(key=(await self.pusher.service()).key)

    async def subscribe(self, caller: Caller, command: SubscribePush) -> Done | Refusal:
        if caller.account is None or caller.device is None:
            return OPERATOR_HAS_NO_DEVICES
        if self.pusher is None:
            return PUSH_IS_OFF
        p256dh, auth = _bytes(command.keys.p256dh), _bytes(command.keys.auth)
        service = await self.pusher.service()
        if (wrong := service.wrong(command.endpoint, p256dh)) is not None:
            return Refusal("invalid", wrong)
        now_there = (command.endpoint, p256dh, auth)
        rows = await self.reader.pushes(caller.account)
        if any(row["device"] == caller.device and _where(row) == now_there for row in rows):
            return DONE
        put = PutPush(caller.device, caller.account, *now_there, now(), MAX_PUSH_DEVICES)
        await self.commands.write(put)
        self.pusher.subscribed()
        return DONE

    async def unsubscribe(self, caller: Caller, command: UnsubscribePush) -> Done | Refusal:
        device = command.device or caller.device
        if caller.account is None or device is None:
            return OPERATOR_HAS_NO_DEVICES
        await self.commands.write(DropPush(caller.account, device))
        return DONE

    async def test(self, caller: Caller, command: TestPush) -> PushTested | Refusal:
        if caller.account is None or caller.device is None:
            return OPERATOR_HAS_NO_DEVICES
        if self.pusher is None:
            return PUSH_IS_OFF
        for row in await self.reader.pushes(caller.account):
            if row["device"] == caller.device:
                pushed = await (await self.pusher.service()).send(test_push(caller.account, row, now()))
                if pushed.outcome == "gone":
                    await self.commands.write(DropPush(caller.account, caller.device, row["endpoint"]))
                return PushTested(outcome=pushed.outcome, reason=pushed.reason or None)
        return NOT_SUBSCRIBED

    async def list_(self, caller: Caller, query: ListPushes) -> PushedDevices | Refusal:
        if caller.account is None:
            return OPERATOR_HAS_NO_DEVICES
        at, rows = now(), await self.reader.pushes(caller.account)
        return PushedDevices(
            devices=[
                PushedDevice(
                    device=row["device"],
                    service=urlsplit(row["endpoint"]).hostname or "",
                    at=row["at"],
                    current=row["device"] == caller.device,
                )
                for row in rows
                if row["expires_at"] > at
            ]
        )


def _where(row: Row) -> tuple[str, bytes, bytes]:
    return row["endpoint"], row["p256dh"], row["auth"]


def _bytes(text: str) -> bytes:
    """Of base64url with or without padding, which the contract has looked at."""
    bare = text.rstrip("=")
    return urlsafe_b64decode(bare + "=" * (-len(bare) % 4))

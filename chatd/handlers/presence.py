"""Handler of presence."""

from __future__ import annotations

from typing import Final

import msgspec

from chatd.actors.workers.presence import Presence
from chatd.actors.workers.receipts import Receipts
from chatd.contract.errors import Refusal
from chatd.contract.presence import PresenceList, SetPresence, WatchPresence
from chatd.contract.spec import DONE, Done
from chatd.ports import Caller

NO_SESSION: Final = Refusal(
    "forbidden", "only an account with an open session has a presence, or can watch others"
)


class PresenceHandlers(msgspec.Struct, frozen=True, eq=False):
    presence: Presence
    receipts: Receipts

    async def set(self, caller: Caller, command: SetPresence) -> Done | Refusal:
        if command.state == "invisible" and caller.account is not None:
            await self.receipts.hide(caller.account)
        return DONE if await self.presence.set(caller, command.state) else NO_SESSION

    async def watch(self, caller: Caller, command: WatchPresence) -> PresenceList | Refusal:
        presences = await self.presence.watch(caller, command.accounts)
        return NO_SESSION if presences is None else PresenceList(presences=presences)

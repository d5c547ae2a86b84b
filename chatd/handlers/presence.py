"""Handlers of presence, receipts and unread messages."""

from __future__ import annotations

from typing import Final

import msgspec

from chatd.actors.workers.presence import Presence
from chatd.actors.workers.receipts import Receipts
from chatd.contract import receipt
from chatd.contract.errors import Refusal
from chatd.contract.presence import PresenceList, SetPresence, WatchPresence
from chatd.contract.receipt import ListReceipts
from chatd.contract.spec import DONE, Done
from chatd.contract.unread import ListUnread, UnreadList, UnreadRoom
from chatd.domain.room.message import NO_SUCH_MESSAGE
from chatd.handlers.paging import page_of
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, Reader

LISTED: Final = 100  # accounts; the rest are counted
NO_SESSION: Final = Refusal(
    "forbidden", "only an account with an open session has a presence, or can watch others"
)
NO_MEMBER: Final = Refusal("forbidden", "only members of the room may see its receipts")
OPERATOR_READS_NOTHING: Final = Refusal("forbidden", "an operator is not a member of rooms")


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


class ReceiptHandlers(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    receipts: Receipts
    visibility: Visibility

    async def list_(self, caller: Caller, query: ListReceipts) -> receipt.Receipts | Refusal:
        state = await self.visibility.room(caller, query.room)
        if isinstance(state, Refusal):
            return state
        if not (caller.operator or caller.by in state.members):
            return NO_MEMBER
        found = await self.reader.messages(query.room, [query.seq])
        if not found:
            return NO_SUCH_MESSAGE
        rows = await self.reader.receipts(query.room, query.seq)
        position = found[0]["position"]
        read = [row["account"] for row in rows if row["read"]]
        delivered = [
            row["account"]
            for row in rows
            if row["read"]
            or row["delivered"]
            or (row["account"] in state.members and await self.receipts.delivered(row["account"]) >= position)
        ]
        return receipt.Receipts(
            delivered=delivered[:LISTED],
            read=read[:LISTED],
            delivered_count=len(delivered),
            read_count=len(read),
        )


class Unread(msgspec.Struct, frozen=True, eq=False):
    reader: Reader

    async def list_(self, caller: Caller, query: ListUnread) -> UnreadList | Refusal:
        if caller.account is None:
            return OPERATOR_READS_NOTHING
        shown = await self.reader.listed_unread(caller.account)
        page, following = page_of(shown, query.after, query.limit, lambda row: row["room"])
        return UnreadList(rooms=msgspec.convert(page, list[UnreadRoom]), next=following)

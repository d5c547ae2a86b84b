"""Handler of receipts."""

from __future__ import annotations

from typing import Final

import msgspec
import trio

from chatd.actors.workers.receipts import LOOKS, Receipts
from chatd.contract import receipt
from chatd.contract.errors import Refusal
from chatd.contract.receipt import ListReceipts
from chatd.domain.room.message import NO_SUCH_MESSAGE
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, Reader

LISTED: Final = 100  # accounts; the rest are counted
NO_MEMBER: Final = Refusal("forbidden", "only members of the room may see its receipts")


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
        delivered = []
        for index, row in enumerate(rows):
            account = row["account"]
            if row["delivered"] or (
                account in state.members and await self.receipts.delivered(account) >= position
            ):
                delivered.append(account)
            if index % LOOKS == LOOKS - 1:
                await trio.lowlevel.checkpoint()
        return receipt.Receipts(
            delivered=delivered[:LISTED],
            read=read[:LISTED],
            delivered_count=len(delivered),
            read_count=len(read),
        )

"""Handler of what is unread."""

from __future__ import annotations

from typing import Final

import msgspec

from chatd.contract.errors import Refusal
from chatd.contract.unread import ListUnread, UnreadList, UnreadRoom
from chatd.handlers.paging import page_of
from chatd.ports import Caller, Reader

OPERATOR_READS_NOTHING: Final = Refusal("forbidden", "an operator is not a member of rooms")


class Unread(msgspec.Struct, frozen=True, eq=False):
    reader: Reader

    async def list_(self, caller: Caller, query: ListUnread) -> UnreadList | Refusal:
        if caller.account is None:
            return OPERATOR_READS_NOTHING
        shown = await self.reader.listed_unread(caller.account)
        page, following = page_of(shown, query.after, query.limit, lambda row: row["room"])
        return UnreadList(rooms=msgspec.convert(page, list[UnreadRoom]), next=following)

"""Handlers of pages of messages: the history of a room, and of a thread."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from chatd.contract.errors import Refusal
from chatd.contract.message import MessagePage
from chatd.contract.room import RoomHistory
from chatd.contract.thread import ThreadHistory, ThreadPage
from chatd.domain.room.message import NO_SUCH_MESSAGE
from chatd.handlers.message import MessageReading
from chatd.handlers.paging import fitting, text_size
from chatd.handlers.rows import message_row
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, Page, Reader

ONE_PLACE: Final = Refusal("invalid", "give only one of before, after and around")
ONE_END: Final = Refusal("invalid", "give only one of before and after")


class RoomHistories(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    visibility: Visibility

    async def history(self, caller: Caller, query: RoomHistory) -> MessagePage | Refusal:
        if sum(at is not None for at in (query.before, query.after, query.around)) > 1:
            return ONE_PLACE
        state = await self.visibility.room(caller, query.room)
        if isinstance(state, Refusal):
            return state
        page = await self.reader.history(
            query.room, before=query.before, after=query.after, around=query.around, limit=query.limit
        )
        return MessagePage(**_page(page, from_start=query.after is not None))


class Threads(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    reading: MessageReading

    async def history(self, caller: Caller, query: ThreadHistory) -> ThreadPage | Refusal:
        """The thread that the message began or belongs to."""
        if query.before is not None and query.after is not None:
            return ONE_END
        found = await self.reading.message(caller, query.room, query.seq)
        if isinstance(found, Refusal):
            return found
        root = found["seq"] if found["thread"] is None else found["thread"]
        page = await self.reader.history(
            query.room,
            before=query.before,
            after=query.after,
            around=None,
            limit=query.limit,
            thread=root,
        )
        if page.root is None:
            return NO_SUCH_MESSAGE
        following = caller.account is not None and await self.reader.follows_thread(
            caller.account, query.room, root
        )
        return ThreadPage(
            **_page(page, from_start=query.after is not None),
            root=message_row(page.root),
            following=following,
        )


def _page(page: Page, from_start: bool) -> dict[str, Any]:
    """The fields of a page that is not too big: cut at the end that the caller asks for later."""
    in_order = page.rows if from_start else page.rows[::-1]
    kept = fitting(in_order, lambda row: text_size(row["text"]))
    is_cut = len(kept) < len(page.rows)
    return {
        "messages": [message_row(row) for row in (kept if from_start else kept[::-1])],
        "more_before": page.more_before or (is_cut and not from_start),
        "more_after": page.more_after or (is_cut and from_start),
    }

"""Handlers of messages: reading them, and what is on them."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from chatd.actors.runtime.directory import Directory
from chatd.contract.errors import Refusal
from chatd.contract.message import (
    GetMessage,
    ListEdits,
    MessagePage,
    MessageResult,
    MessageVersion,
    MessageVersions,
)
from chatd.contract.pin import ListPins, Pin, PinList
from chatd.contract.reaction import ListReactions, Reactor, ReactorPage
from chatd.contract.room import RoomHistory
from chatd.contract.rows import pick
from chatd.contract.thread import ThreadHistory, ThreadPage
from chatd.domain.emoji import qualified
from chatd.domain.event import space_stream
from chatd.domain.room.message import NO_SUCH_MESSAGE, may_see_edits
from chatd.handlers.paging import cut, fitting, page_of, text_size
from chatd.handlers.rows import message_row
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, Page, Reader, Row

LATEST: Final = 2**53  # of what fits into the number of a client
ONE_PLACE: Final = Refusal("invalid", "give only one of before, after and around")
ONE_END: Final = Refusal("invalid", "give only one of before and after")
NO_VERSIONS: Final = Refusal("forbidden", "only the author and moderators may see the versions of a message")


class MessageReading(msgspec.Struct, frozen=True, eq=False):
    """A message that the caller may see."""

    reader: Reader
    visibility: Visibility

    async def message(self, caller: Caller, room: str, seq: int) -> Row | Refusal:
        """Raises StoreUnavailable."""
        state = await self.visibility.room(caller, room)
        if isinstance(state, Refusal):
            return state
        found = await self.reader.messages(room, [seq])
        return found[0] if found else NO_SUCH_MESSAGE


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


class Messages(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    directory: Directory
    visibility: Visibility
    reading: MessageReading

    async def get(self, caller: Caller, query: GetMessage) -> MessageResult | Refusal:
        found = await self.reading.message(caller, query.room, query.seq)
        return found if isinstance(found, Refusal) else MessageResult(message=message_row(found))

    async def edits(self, caller: Caller, query: ListEdits) -> MessageVersions | Refusal:
        found = await self.reading.message(caller, query.room, query.seq)
        if isinstance(found, Refusal):
            return found
        state = await self.visibility.room(caller, query.room)
        if isinstance(state, Refusal):
            return state
        role = None
        if state.space:
            role = (await self.directory.state_of(space_stream(state.space))).role(caller.by)
        if not (caller.operator or may_see_edits(found["by"], caller.by, role)):
            return NO_VERSIONS
        rows = await self.reader.edits(query.room, query.seq)
        page, following = page_of(
            list(enumerate(rows, 1)),
            query.after,
            query.limit,
            lambda one: f"{one[0]:06}",
            lambda one: text_size(one[1]["text"]),
        )
        return MessageVersions(versions=[pick(MessageVersion, row) for _, row in page], next=following)


class Reactions(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    reading: MessageReading

    async def list_(self, caller: Caller, query: ListReactions) -> ReactorPage | Refusal:
        found = await self.reading.message(caller, query.room, query.seq)
        if isinstance(found, Refusal):
            return found
        rows = await self.reader.reactors(
            query.room, query.seq, qualified(query.emoji), query.after, query.limit + 1
        )
        page, following = cut(rows, query.limit, "account")
        return ReactorPage(accounts=[pick(Reactor, row) for row in page], next=following)


class Pins(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    visibility: Visibility

    async def list_(self, caller: Caller, query: ListPins) -> PinList | Refusal:
        state = await self.visibility.room(caller, query.room)
        if isinstance(state, Refusal):
            return state
        pinned = await self.reader.pins(query.room)
        rows = await self.reader.messages(query.room, [pin["seq"] for pin in pinned])
        messages = {row["seq"]: message_row(row) for row in rows}
        pins = [pick(Pin, pin, message=messages[pin["seq"]]) for pin in pinned if pin["seq"] in messages]
        page, following = page_of(
            pins, query.after, query.limit, _newest_first, lambda pin: text_size(pin.message.text)
        )
        return PinList(pins=page, next=following)


def _newest_first(pin: Pin) -> str:
    """A key that grows from the newest pin to the oldest one."""
    return f"{LATEST - pin.at:016}-{LATEST - pin.seq:016}"

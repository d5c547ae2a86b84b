"""Messages at the desk: pages of them, and what stands on them."""

from __future__ import annotations

from typing import Any, Final

from chatd.actors.runtime.envelope import Answer
from chatd.contract import command as c
from chatd.contract.errors import Refusal
from chatd.domain.account import state as accounts
from chatd.domain.event import account_stream, room_stream, space_stream
from chatd.domain.internal import OpenDirectRoom
from chatd.domain.policy.bots import BOT_OWNER_OUTSIDE
from chatd.domain.room.direct import direct_room
from chatd.domain.room.message import NO_SUCH_MESSAGE, may_see_edits
from chatd.handlers.desk import Desk
from chatd.handlers.visibility import visible_room
from chatd.ports import Caller, Page, Row

PAGE_BYTES: Final = 512 * 1024  # of texts in one page of history: clients often refuse messages of 1 MiB


def message_frame(row: Row) -> dict[str, Any]:
    """A message, as the reader gives it, as the wire shows it."""
    thread = {"replies": row["replies"], "last_at": row["last_reply_at"]} if row["replies"] else None
    return {
        "seq": row["seq"],
        "position": row["position"],
        "at": row["at"],
        "by": row["by"],
        "text": row["text"],
        "nonce": row["nonce"],
        "reply_to": row["reply_to"],
        "attachments": [],
        "mentions": row["mentions"],
        "reactions": row["reactions"],
        "edited_at": row["edited_at"],
        "expires_at": row["expires_at"],
        "deleted": row["deleted"],
        "pinned": row["pinned"],
        "thread": thread,
    }


# --- pages -------------------------------------------------------------------------------------------------


async def history(desk: Desk, caller: Caller, query: c.RoomHistory) -> Answer:
    if sum(at is not None for at in (query.before, query.after, query.around)) > 1:
        return Refusal("invalid", "room.history takes one of before, after, around")
    state = await visible_room(desk, caller, query.room)
    if isinstance(state, Refusal):
        return state
    page = await desk.reader.history(
        query.room, before=query.before, after=query.after, around=query.around, limit=query.limit
    )
    return _page(page, from_start=query.after is not None)


async def thread(desk: Desk, caller: Caller, query: c.ThreadHistory) -> Answer:
    if query.before is not None and query.after is not None:
        return Refusal("invalid", "thread.history takes one of before, after")
    found = await _message(desk, caller, query.room, query.seq)
    if isinstance(found, Refusal):
        return found
    if found["thread"] is not None:
        found = await _message(desk, caller, query.room, found["thread"])
        if isinstance(found, Refusal):
            return found
    page = await desk.reader.history(
        query.room,
        before=query.before,
        after=query.after,
        around=None,
        limit=query.limit,
        thread=found["seq"],
    )
    return {**_page(page, from_start=query.after is not None), "root": message_frame(found)}


def _page(page: Page, from_start: bool) -> dict[str, Any]:
    rows, cut = _fitting(page.rows, from_start)
    return {
        "messages": [message_frame(row) for row in rows],
        "more_before": page.more_before or (cut and not from_start),
        "more_after": page.more_after or (cut and from_start),
    }


def _fitting(rows: tuple[Row, ...], from_start: bool) -> tuple[tuple[Row, ...], bool]:
    """The page without what would make it too big, cut at the end that the caller asks for later."""
    kept, size = 0, 0
    for row in rows if from_start else reversed(rows):
        size += len((row["text"] or "").encode())
        if kept and size > PAGE_BYTES:
            break
        kept += 1
    return rows[:kept] if from_start else rows[len(rows) - kept :], kept < len(rows)


# --- one message -------------------------------------------------------------------------------------------


async def _message(desk: Desk, caller: Caller, room: str, seq: int) -> Row | Refusal:
    state = await visible_room(desk, caller, room)
    if isinstance(state, Refusal):
        return state
    found = await desk.reader.messages(room, [seq])
    return found[0] if found else NO_SUCH_MESSAGE


async def get(desk: Desk, caller: Caller, query: c.GetMessage) -> Answer:
    found = await _message(desk, caller, query.room, query.seq)
    return found if isinstance(found, Refusal) else {"message": message_frame(found)}


async def edits(desk: Desk, caller: Caller, query: c.ListEdits) -> Answer:
    found = await _message(desk, caller, query.room, query.seq)
    if isinstance(found, Refusal):
        return found
    state = await visible_room(desk, caller, query.room)
    if isinstance(state, Refusal):
        return state
    role = None
    if state.space:
        role = (await desk.directory.state_of(space_stream(state.space))).role(caller.by)
    if not (caller.operator or may_see_edits(found["by"], caller.by, role)):
        return Refusal("forbidden", "only its author and moderators may see the versions of a message")
    return {"versions": await desk.reader.edits(query.room, query.seq)}


async def reactors(desk: Desk, caller: Caller, query: c.ListReactions) -> Answer:
    found = await _message(desk, caller, query.room, query.seq)
    if isinstance(found, Refusal):
        return found
    rows = await desk.reader.reactors(query.room, query.seq, query.emoji, query.after, query.limit + 1)
    page = rows[: query.limit]
    return {"accounts": page, "next": page[-1]["account"] if len(rows) > query.limit else None}


async def pins(desk: Desk, caller: Caller, query: c.ListPins) -> Answer:
    state = await visible_room(desk, caller, query.room)
    if isinstance(state, Refusal):
        return state
    pinned = await desk.reader.pins(query.room)
    messages = {
        row["seq"]: message_frame(row)
        for row in await desk.reader.messages(query.room, [pin["seq"] for pin in pinned])
    }
    return {"pins": [{**pin, "message": messages[pin["seq"]]} for pin in pinned if pin["seq"] in messages]}


# --- direct rooms, and what is unread ----------------------------------------------------------------------


async def open_direct(desk: Desk, caller: Caller, command: c.OpenDirect) -> Answer:
    if caller.account is None:
        return Refusal("forbidden", "an operator is no member; open it with an account's token")
    people = sorted({caller.account, *command.accounts})
    for account in people:
        state = await desk.directory.state_of(account_stream(account))
        if not state.exists:
            return accounts.NO_SUCH_ACCOUNT
        if state.owner is not None and state.owner not in people:
            return BOT_OWNER_OUTSIDE
    room = room_stream(direct_room(people))
    return await desk.ask(room, OpenDirectRoom(tuple(people)), desk.context(caller))


async def unread(desk: Desk, caller: Caller, query: c.ListUnread) -> Answer:
    if caller.account is None:
        return Refusal("forbidden", "an operator is no member of any room")
    return {"rooms": await desk.reader.unread(caller.account)}

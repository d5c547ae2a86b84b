"""What is one account's alone, at the desk: threads followed, subscriptions, bookmarks, drafts.

The account's actor logs it; here is decided, on the state of the room, whether the account may.
"""

from __future__ import annotations

from typing import Any, Final

from chatd.actors.runtime.envelope import Answer
from chatd.contract import command as c
from chatd.contract.errors import Refusal
from chatd.domain.event import account_stream
from chatd.domain.internal import SaveBookmark, SetSubscription, SetThread
from chatd.domain.room.message import JOIN_FIRST, NO_SUCH_MESSAGE
from chatd.handlers.desk import Desk, now
from chatd.handlers.message import PAGE_BYTES, message_frame
from chatd.handlers.visibility import visible_room
from chatd.ports import Caller, PutDraft, Row

MAX_DRAFTS: Final = 200  # of an account
SAVED_BYTES: Final = 512 * 1024  # of all texts in one list: clients often refuse messages of 1 MiB
DEFAULTS: Final = {"quiet_from": None, "quiet_to": None, "time_zone": None, "receipts": True}

NO_ACCOUNT: Final = Refusal("forbidden", "an operator keeps nothing here; use an account's token")
FULL: Final = Refusal("conflict", f"an account has at most {MAX_DRAFTS} drafts; end some first")
HEAVY: Final = Refusal(
    "too_large", f"all drafts of an account have at most {SAVED_BYTES} bytes; end some first"
)


async def member_of(desk: Desk, caller: Caller, room: str) -> str | Refusal:
    """The caller's account, if it is in the room."""
    if caller.account is None:
        return NO_ACCOUNT
    state = await visible_room(desk, caller, room)
    if isinstance(state, Refusal):
        return state
    return caller.account if caller.account in state.members else JOIN_FIRST


async def _message(desk: Desk, room: str, seq: int) -> Row | None:
    found = await desk.reader.messages(room, [seq])
    return found[0] if found else None


# --- how one hears of things -------------------------------------------------------------------------------


async def follow_thread(desk: Desk, caller: Caller, command: c.FollowThread) -> Answer:
    return await _set_thread(desk, caller, command.room, command.seq, True)


async def unfollow_thread(desk: Desk, caller: Caller, command: c.UnfollowThread) -> Answer:
    return await _set_thread(desk, caller, command.room, command.seq, False)


async def _set_thread(desk: Desk, caller: Caller, room: str, seq: int, following: bool) -> Answer:
    account = await member_of(desk, caller, room)
    if isinstance(account, Refusal):
        return account
    message = await _message(desk, room, seq)
    if message is None or (message["deleted"] and following):
        return NO_SUCH_MESSAGE  # a thread outlives its messages: one can always stop following it
    command = SetThread(room, message["thread"] or seq, following)
    return await desk.ask(account_stream(account), command, desk.context(caller, with_id=False))


async def update_subscription(desk: Desk, caller: Caller, command: c.UpdateSubscription) -> Answer:
    if command.level is None and command.mute_for is None:
        return Refusal("invalid", "subscription.update takes level, mute_for or both")
    account = await member_of(desk, caller, command.room)
    if isinstance(account, Refusal):
        return account
    context = desk.context(caller, with_id=False)
    muted_until = None
    if command.mute_for is not None:
        muted_until = context.at + command.mute_for * 1000 if command.mute_for else 0
    change = SetSubscription(command.room, command.level, muted_until)
    return await desk.ask(account_stream(account), change, context)


async def preferences(desk: Desk, caller: Caller, query: c.GetPreferences) -> Answer:
    if caller.account is None:
        return NO_ACCOUNT
    return {
        "preferences": await desk.reader.preferences(caller.account) or DEFAULTS,
        "subscriptions": await desk.reader.subscriptions(caller.account),
    }


# --- bookmarks ---------------------------------------------------------------------------------------------


async def add_bookmark(desk: Desk, caller: Caller, command: c.AddBookmark) -> Answer:
    account = await member_of(desk, caller, command.room)
    if isinstance(account, Refusal):
        return account
    message = await _message(desk, command.room, command.seq)
    if message is None or message["deleted"]:
        return NO_SUCH_MESSAGE
    keep = SaveBookmark(command.room, command.seq, command.note)
    return await desk.ask(account_stream(account), keep, desk.context(caller, with_id=False))


async def bookmarks(desk: Desk, caller: Caller, query: c.ListBookmarks) -> Answer:
    """A full page, whatever had to be passed over; shorter only when its texts would be too big."""
    if caller.account is None:
        return NO_ACCOUNT
    before = None
    if query.after is not None:
        if not (query.after.isascii() and query.after.isdecimal() and len(query.after) <= 16):
            return Refusal("invalid", "after is the `next` of the page before")
        before = int(query.after)
    found: list[tuple[int, dict[str, Any]]] = []
    seen: dict[str, bool] = {}
    exhausted = False
    while not exhausted and len(found) <= query.limit:
        rows = await desk.reader.bookmarks(caller.account, before, query.limit + 1)
        found += await _still_there(desk, caller, rows, seen)
        exhausted = len(rows) <= query.limit
        before = rows[-1]["position"] if rows else before
    page = _fitting(found[: query.limit])
    more = len(found) > len(page)
    return {"bookmarks": [frame for _, frame in page], "next": str(page[-1][0]) if more else None}


async def _still_there(
    desk: Desk, caller: Caller, rows: list[Row], seen: dict[str, bool]
) -> list[tuple[int, dict[str, Any]]]:
    """Those whose message stands and is the caller's to see, each with its position."""
    messages: dict[tuple[str, int], Row] = {}
    for room in dict.fromkeys(row["room"] for row in rows):
        if room not in seen:
            seen[room] = not isinstance(await visible_room(desk, caller, room), Refusal)
        if seen[room]:
            seqs = [row["seq"] for row in rows if row["room"] == room]
            for message in await desk.reader.messages(room, seqs):
                messages[room, message["seq"]] = message
    there = []
    for row in rows:
        found = messages.get((row["room"], row["seq"]))
        if found is not None and not found["deleted"]:
            frame = {name: row[name] for name in ("room", "seq", "note", "at")}
            there.append((row["position"], {**frame, "message": message_frame(found)}))
    return there


def _fitting(found: list[tuple[int, dict[str, Any]]]) -> list[tuple[int, dict[str, Any]]]:
    kept = size = 0
    for _, frame in found:
        size += len((frame["message"]["text"] or "").encode())
        if kept and size > PAGE_BYTES:
            break
        kept += 1
    return found[:kept]


# --- drafts ------------------------------------------------------------------------------------------------


async def set_draft(desk: Desk, caller: Caller, command: c.SetDraft) -> Answer:
    """An empty text ends a draft, also one in a room that the caller has left."""
    if caller.account is None:
        return NO_ACCOUNT
    account, room, thread = caller.account, command.room, command.thread or 0
    if command.text:
        refused = await _no_place(desk, caller, room, thread)
        if refused is not None:
            return refused
    kept = {(row["room"], row["thread"]): row["text"] for row in await desk.reader.drafts(account)}
    if kept.get((room, thread), "") == command.text:
        return {}
    kept[room, thread] = command.text
    if command.text and len(kept) > MAX_DRAFTS:
        return FULL
    if command.text and sum(len(text.encode()) for text in kept.values()) > SAVED_BYTES:
        return HEAVY
    draft = PutDraft(account, room, thread, command.text, now())
    await desk.write(draft)
    data = {"room": room, "thread": thread or None, "text": draft.text, "at": draft.at}
    signal = {"signal": "draft.set", "stream": account_stream(account), "by": account, "data": data}
    desk.bus.signal(account, signal)
    return {}


async def _no_place(desk: Desk, caller: Caller, room: str, thread: int) -> Refusal | None:
    account = await member_of(desk, caller, room)
    if isinstance(account, Refusal):
        return account
    if not thread:
        return None
    root = await _message(desk, room, thread)
    if root is None or root["deleted"]:
        return NO_SUCH_MESSAGE
    if root["thread"] is not None:
        return Refusal("invalid", "thread is the seq of the message that the thread began with")
    return None


async def drafts(desk: Desk, caller: Caller, query: c.ListDrafts) -> Answer:
    if caller.account is None:
        return NO_ACCOUNT
    rows = await desk.reader.drafts(caller.account)
    return {"drafts": [{**row, "thread": row["thread"] or None} for row in rows]}

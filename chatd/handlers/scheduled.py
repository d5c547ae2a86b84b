"""Scheduled messages at the desk: put on the list, taken back, listed. The scheduler posts them."""

from __future__ import annotations

from typing import Any, Final

from chatd.actors.runtime.envelope import Answer
from chatd.contract import command as c
from chatd.contract.errors import Refusal
from chatd.domain.event import account_stream
from chatd.domain.room.message import NO_SUCH_MESSAGE
from chatd.handlers.desk import Desk, now
from chatd.handlers.settings import NO_ACCOUNT, SAVED_BYTES, member_of
from chatd.ports import Caller, DropScheduled, PutScheduled, Row

MAX_SCHEDULED: Final = 100  # of an account, those that failed and were not taken away included
SOONEST: Final = 1_000  # milliseconds from now
LATEST: Final = 366 * 86_400_000
NOT_THEN: Final = Refusal(
    "invalid", "post_at is Unix milliseconds, at least a second and at most a year ahead"
)
NOT_LISTED: Final = Refusal("not_found", "there is no such scheduled message; it may have been posted")
FULL: Final = Refusal(
    "conflict", f"an account has at most {MAX_SCHEDULED} scheduled messages; unschedule some first"
)
HEAVY: Final = Refusal(
    "too_large", f"the texts of scheduled messages have at most {SAVED_BYTES} bytes; unschedule some first"
)


async def schedule(desk: Desk, caller: Caller, command: c.ScheduleMessage) -> Answer:
    account = await member_of(desk, caller, command.room)
    if isinstance(account, Refusal):
        return account
    at = now()
    if not at + SOONEST <= command.post_at <= at + LATEST:
        return NOT_THEN
    if command.reply_to is not None and not await desk.reader.messages(command.room, [command.reply_to]):
        return NO_SUCH_MESSAGE
    put = PutScheduled(
        desk.new_id(),
        account,
        command.room,
        command.text,
        command.reply_to,
        command.expires_in,
        command.post_at,
        at,
    )
    async with desk.due_timer.changing:
        texts = [row["text"] for row in await desk.reader.scheduled(account)]
        if len(texts) >= MAX_SCHEDULED:
            return FULL
        if sum(len(text.encode()) for text in (*texts, put.text)) > SAVED_BYTES:
            return HEAVY
        await desk.write(put)
    desk.due_timer.earlier(put.post_at)
    entry = {
        "id": put.id,
        "room": put.room,
        "text": put.text,
        "reply_to": put.reply_to,
        "expires_in": put.expires_in,
        "post_at": put.post_at,
        "created_at": put.created_at,
        "failed": None,
    }
    changed(desk, account, entry)
    return {"scheduled": entry}


async def unschedule(desk: Desk, caller: Caller, command: c.UnscheduleMessage) -> Answer:
    """Once this is answered the message is not posted any more."""
    if caller.account is None:
        return NO_ACCOUNT
    async with desk.due_timer.changing:
        listed = await desk.reader.scheduled(caller.account)
        if not any(row["id"] == command.scheduled for row in listed):
            return NOT_LISTED
        await desk.write(DropScheduled(command.scheduled))
    changed(desk, caller.account, gone(command.scheduled))
    return {}


async def list_(desk: Desk, caller: Caller, query: c.ListScheduled) -> Answer:
    if caller.account is None:
        return NO_ACCOUNT
    return {"scheduled": [frame(row) for row in await desk.reader.scheduled(caller.account)]}


# --- what the account's sessions hear ----------------------------------------------------------------------


def frame(row: Row) -> dict[str, Any]:
    """A scheduled message as the wire shows it."""
    return {name: value for name, value in row.items() if name != "account"}


def gone(scheduled: str) -> dict[str, Any]:
    """It was posted or taken back."""
    return {"id": scheduled, "gone": True}


def changed(desk: Desk, account: str, entry: dict[str, Any]) -> None:
    """Shows an entry as it is now to the account's sessions."""
    signal = {"signal": "scheduled.changed", "stream": account_stream(account), "by": account, "data": entry}
    desk.bus.signal(account, signal)

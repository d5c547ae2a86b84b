"""Presence and receipts at the desk: who is there, and whom a message has reached."""

from __future__ import annotations

from typing import Final

from chatd.actors.runtime.envelope import Answer
from chatd.contract import command as c
from chatd.contract.errors import Refusal
from chatd.domain.room.message import NO_SUCH_MESSAGE
from chatd.handlers.desk import Desk
from chatd.handlers.visibility import visible_room
from chatd.ports import Caller

LISTED: Final = 100  # accounts; the rest are counted
NO_SESSION: Final = Refusal("forbidden", "only an account with an open session is there, or watches others")
NO_MEMBER: Final = Refusal("forbidden", "only members of the room may see whom its messages have reached")


async def set_presence(desk: Desk, caller: Caller, command: c.SetPresence) -> Answer:
    return {} if await desk.presence.set(caller, command.state) else NO_SESSION


async def watch_presence(desk: Desk, caller: Caller, command: c.WatchPresence) -> Answer:
    presences = await desk.presence.watch(caller, command.accounts)
    return NO_SESSION if presences is None else {"presences": presences}


async def receipts(desk: Desk, caller: Caller, query: c.ListReceipts) -> Answer:
    state = await visible_room(desk, caller, query.room)
    if isinstance(state, Refusal):
        return state
    if not (caller.operator or caller.by in state.members):
        return NO_MEMBER
    found = await desk.reader.messages(query.room, [query.seq])
    if not found:
        return NO_SUCH_MESSAGE
    rows = await desk.reader.receipts(query.room, query.seq)
    position = found[0]["position"]
    read = [row["account"] for row in rows if row["read"]]
    delivered = [
        row["account"]
        for row in rows
        if row["read"] or row["delivered"] or await desk.receipts.delivered(row["account"]) >= position
    ]
    return {
        "delivered": delivered[:LISTED],
        "read": read[:LISTED],
        "delivered_count": len(delivered),
        "read_count": len(read),
    }

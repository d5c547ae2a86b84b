"""Oversight at the desk: who did what, who may what and why, and who saw a room at any time."""

from __future__ import annotations

from typing import Any, Final

from chatd.actors.runtime.envelope import Answer
from chatd.contract import command as c
from chatd.contract.errors import Refusal
from chatd.contract.table import EVENTS
from chatd.domain.account import state as accounts
from chatd.domain.event import account_stream, room_stream, space_stream
from chatd.domain.policy import access
from chatd.domain.policy.bots import effective_role
from chatd.domain.policy.roles import ROOM_RIGHTS, may
from chatd.domain.room.state import RoomState
from chatd.domain.space.state import SpaceState
from chatd.handlers.desk import Desk, now
from chatd.handlers.moderation import require
from chatd.handlers.visibility import visible_room
from chatd.ports import Caller

NO_TYPE: Final = Refusal("invalid", "type is an event's, such as member.banned; the protocol lists them all")
DIRECT: Final = Refusal("forbidden", "a direct room belongs to the people in it: nobody oversees it")


async def audit(desk: Desk, caller: Caller, query: c.ListAudit) -> Answer:
    """Everything but messages and reactions; texts are never shown."""
    if query.type is not None and query.type not in EVENTS:
        return NO_TYPE
    state = await require(desk, caller, query.space, "audit.list", "seeing who did what")
    if isinstance(state, Refusal):
        return state
    rows = await desk.reader.audit(query, None if caller.operator else caller.account)
    page = rows[: query.limit]
    return {"entries": page, "next": page[-1]["position"] if len(rows) > query.limit else None}


async def _overseen(desk: Desk, caller: Caller, room: str) -> tuple[RoomState, SpaceState] | Refusal:
    """The room and its space, if the caller may look into who sees it."""
    state = await visible_room(desk, caller, room)
    if isinstance(state, Refusal):
        return state
    if not state.space:
        return DIRECT
    space = await require(desk, caller, state.space, "audit.list", "looking into who may what")
    return space if isinstance(space, Refusal) else (state, space)


async def explain(desk: Desk, caller: Caller, query: c.ExplainAccess) -> Answer:
    found = await _overseen(desk, caller, query.room)
    if isinstance(found, Refusal):
        return found
    state, space = found
    account = await desk.directory.state_of(account_stream(query.account))
    if not account.exists:
        return accounts.NO_SUCH_ACCOUNT
    at = now()
    sees = access.sees(state, space, account.id, at)
    rights = {right: access.effective_verdict(state, space, account.id, right, at) for right in ROOM_RIGHTS}
    if account.disabled:
        sees = access.Verdict(False, "the account is disabled")
        rights = dict.fromkeys(rights, sees)
    return {
        "sees": _frame(sees),
        "member": account.id in state.members,
        "role": space.role(account.id),
        "rights": {right: _frame(verdict) for right, verdict in rights.items()},
    }


def _frame(verdict: access.Verdict) -> dict[str, Any]:
    return {"allowed": verdict.allowed, "because": verdict.because}


async def who(desk: Desk, caller: Caller, query: c.ListAccess) -> Answer:
    """Who saw the room at a time, from the log: its members, and in a public one who might have read it."""
    found = await _overseen(desk, caller, query.room)
    if isinstance(found, Refusal):
        return found
    state, _ = found
    at = query.at if query.at is not None else now()
    position = await desk.reader.position_at(at)
    people = await desk.reader.members_at(space_stream(state.space), position)
    roles = {row["account"]: row["role"] for row in people}
    for row in people:
        if (owner := row.pop("owner")) is not None:
            row["role"] = effective_role(row["role"], roles.get(owner))
    inside = {row["account"] for row in await desk.reader.members_at(room_stream(query.room), position)}
    public = not state.private and position >= await desk.reader.began(room_stream(query.room))
    listed = [
        {**row, "member": row["account"] in inside}
        for row in people
        if row["account"] in inside or (public and may(row["role"], "room.see_public"))
    ]
    return {"at": at, "position": position, "accounts": listed}

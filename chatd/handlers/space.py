"""Spaces and rooms at the desk: what needs a new id, or a page of a table.

Who may see what is decided on the state of the actor that owns it, never on a table.
"""

from __future__ import annotations

from typing import Any

from chatd.actors.runtime.envelope import Answer
from chatd.contract import command as c
from chatd.contract.errors import Refusal
from chatd.domain.account import state as accounts
from chatd.domain.event import room_stream, space_stream
from chatd.domain.policy.access import holds, verdict
from chatd.domain.policy.bots import BOT_CANNOT_OWN
from chatd.domain.policy.roles import OVERRIDABLE_RIGHTS, may
from chatd.domain.room.state import RoomState
from chatd.handlers.desk import Desk
from chatd.handlers.profile import room_frame
from chatd.handlers.visibility import room_and_space, visible_room, visible_space
from chatd.ports import Caller

# --- spaces ------------------------------------------------------------------------------------------------


async def create(desk: Desk, caller: Caller, command: c.CreateSpace) -> Answer:
    if command.owner is None:
        if caller.account is None:
            return Refusal("invalid", "an operator says who owns the space: owner")
    elif not (caller.operator or caller.admin or command.owner == caller.account):
        return Refusal("forbidden", "only an operator may give a space to somebody else")
    elif (row := await desk.reader.account(command.owner)) is None or row["deleted"]:
        return accounts.NO_SUCH_ACCOUNT
    elif row["owner"] is not None:
        return BOT_CANNOT_OWN
    context = desk.context(caller)
    return await desk.ask(space_stream(context.new_id), command, context)


async def list_(desk: Desk, caller: Caller, query: c.ListSpaces) -> Answer:
    if caller.operator:
        return {"spaces": await desk.reader.spaces()}
    assert caller.account is not None
    memberships, _ = await desk.reader.memberships(caller.account)
    roles = {row["stream"]: row["role"] for row in memberships if row["stream"].startswith("space/")}
    found = await desk.reader.spaces([stream.removeprefix("space/") for stream in roles])
    return {"spaces": [{**space, "role": roles[space_stream(space["id"])]} for space in found]}


async def get(desk: Desk, caller: Caller, query: c.GetSpace) -> Answer:
    state = await visible_space(desk, caller, query.space)
    if isinstance(state, Refusal):
        return state
    return {"space": {**state.frame(), "role": state.role(caller.by), "members": len(state.members)}}


async def members(desk: Desk, caller: Caller, query: c.ListSpaceMembers) -> Answer:
    state = await visible_space(desk, caller, query.space)
    if isinstance(state, Refusal):
        return state
    return await _members(desk, space_stream(query.space), query.after, query.limit)


async def _members(desk: Desk, stream: str, after: str | None, limit: int) -> dict[str, Any]:
    rows = await desk.reader.members(stream, after, limit + 1)
    page = rows[:limit]
    return {"members": page, "next": page[-1]["account"] if len(rows) > limit else None}


# --- rooms -------------------------------------------------------------------------------------------------


async def list_rooms(desk: Desk, caller: Caller, query: c.ListRooms) -> Answer:
    state = await visible_space(desk, caller, query.space)
    if isinstance(state, Refusal):
        return state
    sees_public = caller.operator or may(state.role(caller.by), "room.see_public")
    mine: set[str] = set()
    if caller.account is not None:
        memberships, _ = await desk.reader.memberships(caller.account)
        mine = {row["stream"] for row in memberships}
    listed = []
    for row in await desk.reader.rooms(space=query.space):
        member = room_stream(row["id"]) in mine
        if caller.operator or member or (sees_public and not row["private"]):
            listed.append({**room_frame(row), "member": member})
    return {"rooms": listed}


async def get_room(desk: Desk, caller: Caller, query: c.GetRoom) -> Answer:
    found = await room_and_space(desk, caller, query.room)
    if isinstance(found, Refusal):
        return found
    state, space = found
    frame = {**state.frame(), "members": len(state.members), "member": caller.by in state.members}
    context = desk.context(caller, with_id=False)
    if not state.direct and holds(state, space, context, "room.override"):
        frame["overrides"] = _overrides(state)
    if caller.account is not None:
        at = context.at
        frame["rights"] = {
            right: bool(verdict(state, space, caller.by, right, at)) for right in OVERRIDABLE_RIGHTS
        }
        frame["read"] = await desk.reader.read_marker(caller.account, query.room)
    return {"room": frame}


def _overrides(state: RoomState) -> list[dict[str, Any]]:
    listed = []
    for who, rights in state.overrides.items():
        kind, _, name = who.partition(":")
        listed += [{kind: name, "right": right, "allow": allow} for right, allow in rights.items()]
    return listed


async def room_members(desk: Desk, caller: Caller, query: c.ListRoomMembers) -> Answer:
    state = await visible_room(desk, caller, query.room)
    if isinstance(state, Refusal):
        return state
    return await _members(desk, room_stream(query.room), query.after, query.limit)


# --- custom emoji ------------------------------------------------------------------------------------------


async def list_emoji(desk: Desk, caller: Caller, query: c.ListEmoji) -> Answer:
    state = await visible_space(desk, caller, query.space)
    if isinstance(state, Refusal):
        return state
    return {"emoji": await desk.reader.emoji(query.space)}

"""Spaces, invites and rooms at the desk: what needs a new id, a code looked up, or a page of a table.

Who may see what is decided on the state of the actor that owns it, never on a table.
"""

from __future__ import annotations

from typing import Any, Final

from chatd.actors.desk import Desk
from chatd.actors.envelope import Answer
from chatd.actors.profile import room_frame
from chatd.actors.tokens import hashed, new_secret
from chatd.actors.visible import visible_room, visible_space
from chatd.domain import account as accounts
from chatd.domain import command as c
from chatd.domain import space as spaces
from chatd.domain.event import room_stream, space_stream
from chatd.domain.refusal import Refusal
from chatd.domain.rights import may
from chatd.ports import Caller, PutInviteCode

NO_RIGHT: Final = Refusal("forbidden", "only owner, admin and moderator may see the invites")

# --- spaces ------------------------------------------------------------------------------------------------


async def create(desk: Desk, caller: Caller, command: c.CreateSpace) -> Answer:
    if command.owner is None:
        if caller.account is None:
            return Refusal("invalid", "an operator says who owns the space: owner")
    elif not (caller.operator or caller.admin or command.owner == caller.account):
        return Refusal("forbidden", "only an operator may give a space to somebody else")
    elif await desk.reader.account(command.owner) is None:
        return accounts.ABSENT
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


# --- invites -----------------------------------------------------------------------------------------------


async def create_invite(desk: Desk, caller: Caller, command: c.CreateInvite) -> Answer:
    code, context = new_secret(), desk.context(caller)
    write = PutInviteCode(hashed(code), command.space, context.new_id)
    answer = await desk.ask(space_stream(command.space), command, context, (write,))
    if isinstance(answer, dict):
        answer["invite"]["code"] = code
    return answer


async def list_invites(desk: Desk, caller: Caller, query: c.ListInvites) -> Answer:
    state = await visible_space(desk, caller, query.space)
    if isinstance(state, Refusal):
        return state
    if not (caller.operator or may(state.role(caller.by), "invite.list")):
        return NO_RIGHT
    frames = [spaces.invite_frame(id_, invite) for id_, invite in state.invites.items()]
    return {"invites": frames}


async def revoke_invite(desk: Desk, caller: Caller, command: c.RevokeInvite) -> Answer:
    found = await desk.reader.invite_code(hashed(command.code)) or await desk.reader.invite(command.code)
    if found is None:
        return spaces.NO_INVITE
    context = desk.context(caller)
    return await desk.ask(space_stream(found["space"]), spaces.EndInvite(found["invite"]), context)


async def accept_invite(desk: Desk, caller: Caller, command: c.AcceptInvite) -> Answer:
    if caller.account is None:
        return Refusal("forbidden", "an operator is no member; accept with an account's token")
    found = await desk.reader.invite_code(hashed(command.code))
    if found is None:
        return spaces.NO_INVITE
    entering = spaces.EnterSpace(found["invite"], caller.account)
    return await desk.ask(space_stream(found["space"]), entering, desk.context(caller))


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
    state = await visible_room(desk, caller, query.room)
    if isinstance(state, Refusal):
        return state
    frame = {**state.frame(), "members": len(state.members), "member": caller.by in state.members}
    if caller.account is not None:
        frame["read"] = await desk.reader.read_marker(caller.account, query.room)
    return {"room": frame}


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

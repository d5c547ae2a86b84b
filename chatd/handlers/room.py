"""Handlers of rooms and direct rooms."""

from __future__ import annotations

from typing import Any, Final

import attrs

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.contract.direct import OpenDirect
from chatd.contract.errors import Refusal
from chatd.contract.member import MemberPage
from chatd.contract.room import (
    GetRoom,
    ListedRoom,
    ListRoomMembers,
    ListRooms,
    Override,
    RoomDetail,
    RoomDetailResult,
    RoomList,
    RoomResult,
)
from chatd.contract.rows import fields_of, pick
from chatd.domain.account.state import NO_SUCH_ACCOUNT
from chatd.domain.event import account_stream, room_stream
from chatd.domain.internal import OpenDirectRoom
from chatd.domain.policy.access import holds, verdict
from chatd.domain.policy.bots import BOT_OWNER_OUTSIDE
from chatd.domain.policy.roles import OVERRIDABLE_RIGHTS, may
from chatd.domain.room.direct import direct_room
from chatd.domain.room.state import RoomState
from chatd.handlers.paging import page_of
from chatd.handlers.rows import room_row
from chatd.handlers.space import members_of
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, Reader

OPERATOR_OPENS_NOTHING: Final = Refusal(
    "forbidden", "an operator is no member; open it with an account's token"
)


@attrs.frozen(eq=False)
class Rooms:
    reader: Reader
    visibility: Visibility

    async def list_(self, caller: Caller, query: ListRooms) -> RoomList | Refusal:
        state = await self.visibility.space(caller, query.space)
        if isinstance(state, Refusal):
            return state
        sees_public = caller.operator or may(state.role(caller.by), "room.see_public")
        own: set[str] = set()
        if caller.account is not None:
            memberships, _ = await self.reader.memberships(caller.account)
            own = {row["stream"] for row in memberships}
        listed = []
        for row in await self.reader.rooms(space=query.space):
            member = room_stream(row["id"]) in own
            if caller.operator or member or (sees_public and not row["private"]):
                listed.append(room_row(row, ListedRoom, member=member))
        page, following = page_of(listed, query.after, query.limit, lambda room: room.id)
        return RoomList(rooms=page, next=following)

    async def get(self, caller: Caller, query: GetRoom) -> RoomDetailResult | Refusal:
        found = await self.visibility.room_and_space(caller, query.room)
        if isinstance(found, Refusal):
            return found
        state, space = found
        more: dict[str, Any] = {"members": len(state.members), "member": caller.by in state.members}
        context = context_of(caller, with_id=False)
        if not state.direct and holds(state, space, context, "room.override"):
            more["overrides"] = _overrides(state)
        if caller.account is not None:
            at = context.at
            more["rights"] = {
                right: bool(verdict(state, space, caller.by, right, at)) for right in OVERRIDABLE_RIGHTS
            }
        detail = state.row(RoomDetail, **more)  # before the next await
        if caller.account is None:
            return RoomDetailResult(room=detail)
        read = await self.reader.read_marker(caller.account, query.room)
        return RoomDetailResult(room=RoomDetail(**{**fields_of(detail), "read": read}))

    async def members(self, caller: Caller, query: ListRoomMembers) -> MemberPage | Refusal:
        state = await self.visibility.room(caller, query.room)
        if isinstance(state, Refusal):
            return state
        return await members_of(self.reader, room_stream(query.room), query.after, query.limit)


def _overrides(state: RoomState) -> list[Override]:
    listed = []
    for who, rights in state.overrides.items():
        kind, _, name = who.partition(":")
        named: dict[str, Any] = {kind: name}
        listed += [
            pick(Override, {"right": right, "allow": allow, **named}) for right, allow in rights.items()
        ]
    return listed


@attrs.frozen(eq=False)
class DirectRooms:
    commands: CommandBus

    async def open(self, caller: Caller, command: OpenDirect) -> RoomResult | Refusal:
        if caller.account is None:
            return OPERATOR_OPENS_NOTHING
        people = sorted({caller.account, *command.accounts})
        for account in people:
            state = await self.commands.directory.state_of(account_stream(account))
            if not state.exists:
                return NO_SUCH_ACCOUNT
            if state.owner is not None and state.owner not in people:
                return BOT_OWNER_OUTSIDE
        stream = room_stream(direct_room(people))
        opening = OpenDirectRoom(tuple(people))
        return await self.commands.ask(stream, opening, context_of(caller), RoomResult)

"""Handlers of rooms."""

from __future__ import annotations

from typing import Any

import msgspec

from chatd.actors.runtime.command_bus import context_of
from chatd.contract.errors import Refusal
from chatd.contract.member import MemberPage
from chatd.contract.room import (
    GetRoom,
    ListedRoom,
    ListRoomMembers,
    ListRooms,
    RightOverride,
    RoomDetail,
    RoomDetailResult,
    RoomList,
)
from chatd.contract.rows import fields_of, pick
from chatd.domain.event import room_stream
from chatd.domain.policy.access import holds, verdict
from chatd.domain.policy.roles import OVERRIDABLE_RIGHTS, may
from chatd.domain.room.state import RoomState
from chatd.handlers.paging import cut
from chatd.handlers.rows import room_row
from chatd.handlers.space import members_of
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, OtherRooms, Reader


class Rooms(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    visibility: Visibility

    async def list_(self, caller: Caller, query: ListRooms) -> RoomList | Refusal:
        state = await self.visibility.space(caller, query.space)
        if isinstance(state, Refusal):
            return state
        others: OtherRooms = "public" if may(state.role(caller.by), "room.see_public") else "none"
        rows = await self.reader.rooms_listed(
            query.space,
            caller.account,
            "all" if caller.operator else others,
            query.after,
            query.limit + 1,
        )
        page, following = cut(rows, query.limit, "id")
        return RoomList(
            rooms=[room_row(row, ListedRoom, member=row["member"]) for row in page], next=following
        )

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
        own: dict[str, Any] = {"read": await self.reader.read_marker(caller.account, query.room)}
        if detail.kind == "direct":
            own |= {"listed": False, "request": False}
            for row in await self.reader.direct_rooms(caller.account, query.room):
                own |= {"listed": row["listed"], "request": row["request"]}
        return RoomDetailResult(room=RoomDetail(**{**fields_of(detail), **own}))

    async def members(self, caller: Caller, query: ListRoomMembers) -> MemberPage | Refusal:
        state = await self.visibility.room(caller, query.room)
        if isinstance(state, Refusal):
            return state
        return await members_of(self.reader, room_stream(query.room), query.after, query.limit)


def _overrides(state: RoomState) -> list[RightOverride]:
    listed = []
    for who, rights in state.overrides.items():
        kind, _, name = who.partition(":")
        named: dict[str, Any] = {kind: name}
        listed += [
            pick(RightOverride, {"right": right, "allow": allow, **named}) for right, allow in rights.items()
        ]
    return listed

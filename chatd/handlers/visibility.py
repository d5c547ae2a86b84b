"""What a caller may see, decided by the states of the actors that own it, never by a table."""

from __future__ import annotations

import msgspec

from chatd.actors.runtime.command_bus import context_of
from chatd.actors.runtime.directory import Directory
from chatd.clock import now
from chatd.contract.errors import Refusal
from chatd.contract.fields import Right
from chatd.domain.decision import Context
from chatd.domain.event import room_stream, space_stream
from chatd.domain.policy import access
from chatd.domain.room import state as rooms
from chatd.domain.space import state as spaces
from chatd.domain.space.moderation import needs_role
from chatd.ports import Caller


class Visibility(msgspec.Struct, frozen=True, eq=False):
    """Each state is for reading before the next await. All raise StoreUnavailable."""

    directory: Directory

    async def room(self, caller: Caller, room: str) -> rooms.RoomState | Refusal:
        found = await self.room_and_space(caller, room)
        return found if isinstance(found, Refusal) else found[0]

    async def room_and_space(
        self, caller: Caller, room: str
    ) -> tuple[rooms.RoomState, spaces.SpaceState] | Refusal:
        """The room, and its space beside it; a direct room has an empty one."""
        state: rooms.RoomState = await self.directory.state_of(room_stream(room))
        space = spaces.SpaceState("")
        if state.space:
            space = await self.directory.state_of(space_stream(state.space))
        if access.visible(state, space, Context(caller.by, now(), caller.operator)):
            return state, space
        if state.exists:
            await self.directory.look_up_nothing(room_stream(room))
        return rooms.NO_SUCH_ROOM

    async def space(self, caller: Caller, space: str) -> spaces.SpaceState | Refusal:
        state: spaces.SpaceState = await self.directory.state_of(space_stream(space))
        if spaces.visible(state, Context(caller.by, now(), caller.operator)):
            return state
        if state.exists:
            await self.directory.look_up_nothing(space_stream(space))
        return spaces.NO_SUCH_SPACE

    async def space_with(
        self, caller: Caller, space: str, right: Right, what: str
    ) -> spaces.SpaceState | Refusal:
        """The space, if the caller holds the right in it; `what` it is for, in words."""
        state = await self.space(caller, space)
        if isinstance(state, Refusal):
            return state
        allowed = spaces.holds(state, context_of(caller, with_id=False), right)
        return state if allowed else needs_role(right, what)

"""What a caller may see, decided on the state of the actors that own it, never on a table."""

from __future__ import annotations

from chatd.contract.errors import Refusal
from chatd.domain.decision import Context
from chatd.domain.event import room_stream, space_stream
from chatd.domain.policy import access
from chatd.domain.room import state as rooms
from chatd.domain.space import state as spaces
from chatd.handlers.desk import Desk, now
from chatd.ports import Caller


async def visible_room(desk: Desk, caller: Caller, room: str) -> rooms.RoomState | Refusal:
    """The room's state, for reading before the next await."""
    found = await room_and_space(desk, caller, room)
    return found if isinstance(found, Refusal) else found[0]


async def room_and_space(
    desk: Desk, caller: Caller, room: str
) -> tuple[rooms.RoomState, spaces.SpaceState] | Refusal:
    """The same, and its space's state beside it."""
    state: rooms.RoomState = await desk.directory.state_of(room_stream(room))
    space = spaces.SpaceState("")
    if state.space:
        space = await desk.directory.state_of(space_stream(state.space))
    if access.visible(state, space, Context(caller.by, now(), caller.operator)):
        return state, space
    if state.exists:
        await desk.directory.look_in_vain(room_stream(room))
    return rooms.NO_SUCH_ROOM


async def visible_space(desk: Desk, caller: Caller, space: str) -> spaces.SpaceState | Refusal:
    """The space's state, for reading before the next await."""
    state: spaces.SpaceState = await desk.directory.state_of(space_stream(space))
    if spaces.visible(state, Context(caller.by, now(), caller.operator)):
        return state
    if state.exists:
        await desk.directory.look_in_vain(space_stream(space))
    return spaces.NO_SUCH_SPACE

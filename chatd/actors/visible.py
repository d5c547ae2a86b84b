"""What a caller may see, decided on the state of the actors that own it, never on a table."""

from __future__ import annotations

from chatd.actors.desk import Desk, now
from chatd.domain import room_state as rooms
from chatd.domain import space as spaces
from chatd.domain.decision import Context
from chatd.domain.event import room_stream, space_stream
from chatd.domain.refusal import Refusal
from chatd.ports import Caller


async def visible_room(desk: Desk, caller: Caller, room: str) -> rooms.RoomState | Refusal:
    """The room's state, for reading before the next await."""
    state: rooms.RoomState = await desk.directory.state_of(room_stream(room))
    space = spaces.SpaceState("")
    if state.space:
        space = await desk.directory.state_of(space_stream(state.space))
    context = Context(caller.by, now(), caller.operator)
    return state if rooms.visible(state, space, context) else rooms.ABSENT


async def visible_space(desk: Desk, caller: Caller, space: str) -> spaces.SpaceState | Refusal:
    """The space's state, for reading before the next await."""
    state: spaces.SpaceState = await desk.directory.state_of(space_stream(space))
    return state if spaces.visible(state, Context(caller.by, now(), caller.operator)) else spaces.ABSENT

"""Who may export a room or a space, and the fact that somebody did: a strong act, which members are told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from chatd.contract.errors import Refusal
from chatd.domain.decision import Context, Decision
from chatd.domain.event import Event
from chatd.domain.policy import access
from chatd.domain.room import state as rooms
from chatd.domain.space import state as spaces

NOT_YOURS: Final = Refusal("forbidden", "only owners and admins of the space, and operators, may export it")


class BeginExport(Struct, frozen=True):
    """Records that the caller exports the room or space."""


class BegunExport(Struct, frozen=True):
    """The event that records it: what `BeginExport` is answered with. `at` is Unix milliseconds."""

    seq: int
    position: int
    at: int


def _begun(events: Sequence[Event]) -> BegunExport:
    [event] = events
    return BegunExport(event.seq, event.position, event.at)


def refuse_room(state: rooms.RoomState, space: spaces.SpaceState, context: Context) -> Refusal | None:
    """Why the caller may not export the room. A direct room is exported by those whom it is for."""
    if not access.visible(state, space, context):
        return rooms.NO_SUCH_ROOM
    return None if state.direct or spaces.holds(space, context, "space.export") else NOT_YOURS


def refuse_space(state: spaces.SpaceState, context: Context) -> Refusal | None:
    if not spaces.visible(state, context):
        return spaces.NO_SUCH_SPACE
    return None if spaces.holds(state, context, "space.export") else NOT_YOURS


def begin_room(
    state: rooms.RoomState, space: spaces.SpaceState, command: BeginExport, context: Context
) -> Decision | Refusal:
    if refusal := refuse_room(state, space, context):
        return refusal
    return Decision((rooms.fact(state, "room.exported", context, {}),), _begun)


def begin_space(state: spaces.SpaceState, command: BeginExport, context: Context) -> Decision | Refusal:
    if refusal := refuse_space(state, context):
        return refusal
    return Decision((spaces.fact(state, "space.exported", context, {}),), _begun)

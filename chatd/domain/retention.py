"""For how long messages are kept, and legal holds: set here for a room or a space, carried out by a worker.

A room does as its space says, unless it has a rule of its own. While a legal hold stands, on the room or on
its space, no rule erases anything, and what people delete is hidden but preserved (`message_deleted` in
schema.sql).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from chatd.contract.errors import Refusal
from chatd.contract.retention import SetRoomHold, SetRoomRetention, SetSpaceHold, SetSpaceRetention
from chatd.domain.decision import Context, Decision, drop_none
from chatd.domain.event import Event, Fact
from chatd.domain.internal import EraseOld, ErasePreserved
from chatd.domain.policy import access
from chatd.domain.room import state as rooms
from chatd.domain.room.direct import DIRECT_ROOM_CLOSED
from chatd.domain.space import state as spaces
from chatd.domain.space.moderation import needs_role

WHAT: Final = "saying for how long messages are kept"


def rule(state: rooms.RoomState, space: spaces.SpaceState) -> tuple[int, int]:
    """After how many days messages of the room are erased (0: never), and when that was said (Unix ms)."""
    days = space.keep_days if state.keep_days is None else state.keep_days
    return days, max(state.retention_at, space.retention_at)


def on_hold(state: rooms.RoomState, space: spaces.SpaceState) -> bool:
    return state.hold or space.hold


# --- a space ------------------------------------------------------------------------------------------


def set_in_space(
    state: spaces.SpaceState, command: SetSpaceRetention, context: Context
) -> Decision | Refusal:
    if not spaces.visible(state, context):
        return spaces.NO_SUCH_SPACE
    if not spaces.holds(state, context, "space.set_retention"):
        return needs_role("space.set_retention", WHAT)
    if state.keep_days == command.keep_days:
        return Decision()
    data = {"keep_days": command.keep_days, **drop_none(reason=command.reason)}
    return Decision((spaces.fact(state, "space.retention_set", context, data),))


def hold_space(state: spaces.SpaceState, command: SetSpaceHold, context: Context) -> Decision | Refusal:
    """By operators, also of a deleted space: its texts are still stored. The session has checked who asks."""
    if not state.head:
        return spaces.NO_SUCH_SPACE
    if state.hold is command.hold:
        return Decision()
    data = {"hold": command.hold, **drop_none(reason=command.reason)}
    return Decision((spaces.fact(state, "space.hold_set", context, data),))


# --- a room -------------------------------------------------------------------------------------------


def _set_in_room(
    state: rooms.RoomState, space: spaces.SpaceState, command: SetRoomRetention, context: Context
) -> Decision | Refusal:
    """In a direct room, which has no roles, by operators only."""
    if not access.visible(state, space, context):
        return rooms.NO_SUCH_ROOM
    if state.direct and not context.operator:
        return DIRECT_ROOM_CLOSED
    if not state.direct and not access.holds(state, space, context, "room.set_retention"):
        return needs_role("room.set_retention", WHAT)
    if state.keep_days == command.keep_days:
        return Decision()
    data = {"keep_days": command.keep_days, **drop_none(reason=command.reason)}
    return Decision((rooms.fact(state, "room.retention_set", context, data),))


def _hold_room(
    state: rooms.RoomState, space: spaces.SpaceState, command: SetRoomHold, context: Context
) -> Decision | Refusal:
    """By operators, also of a deleted room: its texts are still stored. The session has checked who asks."""
    if not state.head:
        return rooms.NO_SUCH_ROOM
    if state.hold is command.hold:
        return Decision()
    data = {"hold": command.hold, **drop_none(reason=command.reason)}
    return Decision((rooms.fact(state, "room.hold_set", context, data),))


def _erase_old(
    state: rooms.RoomState, space: spaces.SpaceState, command: EraseOld, context: Context
) -> Decision:
    if on_hold(state, space) or rule(state, space) != (command.days, command.since):
        return Decision()
    facts: list[Fact] = []
    for seq in command.seqs:
        message = state.messages.get(seq)
        if message is not None and not message.deleted:
            data = {"seq": seq, "author": message.by, "retention": True}
            facts.append(rooms.fact(state, "message.deleted", context, data, nth=len(facts) + 1))
    return Decision(tuple(facts))


def _erase_preserved(
    state: rooms.RoomState, space: spaces.SpaceState, command: ErasePreserved, context: Context
) -> Decision:
    if on_hold(state, space):
        return Decision()
    return Decision(
        tuple(
            rooms.fact(state, "message.erased", context, {"seq": seq}, nth=nth)
            for nth, seq in enumerate(command.seqs, 1)
        )
    )


ROOM_DECIDERS: Final[
    Mapping[type[Any], Callable[[rooms.RoomState, spaces.SpaceState, Any, Context], Decision | Refusal]]
] = {
    SetRoomRetention: _set_in_room,
    SetRoomHold: _hold_room,
    EraseOld: _erase_old,
    ErasePreserved: _erase_preserved,
}


def apply(state: rooms.RoomState | spaces.SpaceState, event: Fact | Event) -> None:
    """Applies a fact about retention to the state of the room or space."""
    match event.type:
        case "space.retention_set" | "room.retention_set":
            state.keep_days = event.data["keep_days"]
            state.retention_at = event.at
        case "space.hold_set" | "room.hold_set":
            state.hold = event.data["hold"]
            state.retention_at = event.at

"""A room: who comes and goes, what it is called, and how far its members have read.

A room decides with the state of its space beside its own: both actors live in one thread, so that a
role taken away counts from the very next message. What concerns messages stands in `chatd.domain.message`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from chatd.domain import command as c
from chatd.domain import direct, message
from chatd.domain.decision import Context, Decision, Signal, given
from chatd.domain.event import Event, Fact
from chatd.domain.refusal import Refusal
from chatd.domain.room_state import ABSENT, RoomState, fact, holds, visible
from chatd.domain.space import SpaceState

TYPING_EVERY: Final = 3000  # milliseconds between two signs of the same account
TYPING_LASTS: Final = 6  # seconds after which a client takes the sign away


# --- decide -------------------------------------------------------------------------------------------


def _join(state: RoomState, space: SpaceState, command: c.JoinRoom, context: Context) -> Decision | Refusal:
    if not visible(state, space, context):
        return ABSENT
    if context.by in state.members:
        return Decision()
    if state.direct:
        return direct.CLOSED
    if context.operator:
        return Refusal("forbidden", "an operator is no member; join with an account's token")
    if state.archived:
        return Refusal("forbidden", "the room is archived: nobody joins it any more")
    return Decision((fact(state, "member.joined", context, {"account": context.by}),))


def _leave(state: RoomState, space: SpaceState, command: c.LeaveRoom, context: Context) -> Decision | Refusal:
    if not visible(state, space, context):
        return ABSENT
    if context.by not in state.members:
        return Decision()
    if state.direct:
        return Refusal("forbidden", "a direct room cannot be left; mute it with subscription.update")
    return Decision((fact(state, "member.left", context, {"account": context.by}),))


def _update(
    state: RoomState, space: SpaceState, command: c.UpdateRoom, context: Context
) -> Decision | Refusal:
    if not visible(state, space, context):
        return ABSENT
    if state.direct:
        return direct.CLOSED
    if not holds(state, space, context, "room.update"):
        return Refusal("forbidden", "only owner, admin and moderator may change a room")
    data = given(name=command.name, topic=command.topic)
    return Decision((fact(state, "room.updated", context, data),) if data else ())


def _archive(
    state: RoomState, space: SpaceState, command: c.ArchiveRoom, context: Context
) -> Decision | Refusal:
    if not visible(state, space, context):
        return ABSENT
    if state.direct:
        return direct.CLOSED
    if not holds(state, space, context, "room.archive"):
        return Refusal("forbidden", "only owner and admin may archive a room")
    return Decision() if state.archived else Decision((fact(state, "room.archived", context, {}),))


def _mark_read(
    state: RoomState, space: SpaceState, command: c.MarkRead, context: Context
) -> Decision | Refusal:
    if context.by not in state.members:
        return ABSENT if not visible(state, space, context) else message.JOIN_FIRST
    if command.seq > state.head:
        return Refusal("invalid", f"the room's last seq is {state.head}")
    return Decision(read=command.seq) if command.seq > state.read.get(context.by, 0) else Decision()


def _set_typing(
    state: RoomState, space: SpaceState, command: c.SetTyping, context: Context
) -> Decision | Refusal:
    if context.by not in state.members:
        return ABSENT if not visible(state, space, context) else message.JOIN_FIRST
    if not message.may_post(state, space, context):
        return Refusal("forbidden", "who may not post in a room is not typing in it")
    if context.at - state.typing.get(context.by, -TYPING_EVERY) < TYPING_EVERY:
        return Decision()
    return Decision(signal=Signal("typing", {"expires_in": TYPING_LASTS}))


_DECIDERS: Final[Mapping[type[Any], Callable[[RoomState, SpaceState, Any, Context], Decision | Refusal]]] = {
    **message.DECIDERS,
    direct.OpenDirectRoom: direct.open_room,
    c.JoinRoom: _join,
    c.LeaveRoom: _leave,
    c.UpdateRoom: _update,
    c.ArchiveRoom: _archive,
    c.MarkRead: _mark_read,
    c.SetTyping: _set_typing,
}


def decide(state: RoomState, space: SpaceState, command: Any, context: Context) -> Decision | Refusal:
    """What `command` means for this room now. Changes nothing."""
    return _DECIDERS[type(command)](state, space, command, context)


def note(state: RoomState, decision: Decision, context: Context) -> None:
    """Keeps in memory what was decided and is no fact."""
    if decision.read is not None:
        state.read[context.by] = decision.read
    if decision.signal is not None:
        if len(state.typing) > len(state.members):
            state.typing.clear()
        state.typing[context.by] = context.at


# --- apply --------------------------------------------------------------------------------------------


def apply(state: RoomState, event: Fact | Event) -> None:
    """Makes a fact of this room's stream part of its state. Unknown types only move the head."""
    data = event.data
    match event.type:
        case "member.joined":
            state.members[data["account"]] = event.seq
        case "member.left":
            state.members.pop(data["account"], None)
        case "room.created":
            state.space, state.name, state.kind = data.get("space", ""), data["name"], data["kind"]
            state.private, state.topic, state.created_at = data["private"], data.get("topic"), event.at
        case "room.updated":
            state.name = data.get("name", state.name)
            state.topic = data.get("topic", state.topic)
        case "room.archived":
            state.archived = True
        case _:
            message.apply(state, event)
    state.head = event.seq


def confirm(state: RoomState, events: Sequence[Event]) -> None:
    """The facts have been given their places: remembered posts learn their positions."""
    for event in events:
        if (nonce := event.data.get("nonce")) and (posted := state.posted.get((event.by, nonce))):
            posted.position = event.position

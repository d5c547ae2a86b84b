"""A room's decisions: joining and leaving, read markers and typing; and the table of all its deciders.

A room decides with its own state and its space's. Both actors run in one thread, so a role that is taken away
counts from the next message on. Messages are in `chatd.domain.room.message` and `chatd.domain.room.reaction`,
moderation in `chatd.domain.room.moderation`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from chatd.contract.errors import Refusal
from chatd.contract.read import MarkRead
from chatd.contract.retention import SetRoomHold
from chatd.contract.room import JoinRoom, LeaveRoom
from chatd.contract.signals import Typing
from chatd.contract.typing import SetTyping
from chatd.domain import account_deletion, disabled_members, export, retention
from chatd.domain.decision import Context, Decision, Signal
from chatd.domain.event import Event, Fact
from chatd.domain.internal import (
    DeleteMessages,
    EraseImported,
    EraseOld,
    ErasePreserved,
    ExpireMessage,
    ForgetMarker,
    LeaveDirectRoom,
    NoteDisabled,
    OpenDirectRoom,
    RemoveDeletedAccount,
)
from chatd.domain.policy import bots
from chatd.domain.policy.access import holds, visible
from chatd.domain.room import direct, imports, message, moderation, reaction, slow_mode
from chatd.domain.room.state import NO_SUCH_ROOM, RoomState, fact
from chatd.domain.space.state import SpaceState

TYPING_INTERVAL: Final = 3000  # milliseconds between two typing signals of an account
TYPING_EXPIRES_IN: Final = 6  # seconds after which clients stop showing it
# Internal commands: the texts of a deleted room are still stored and must be erased.
ALLOWED_IF_DELETED: Final = frozenset(
    {
        *(ExpireMessage, DeleteMessages, EraseImported, EraseOld, ErasePreserved),
        *(SetRoomHold, RemoveDeletedAccount),
    }
)


# --- decide -------------------------------------------------------------------------------------------


def _join(state: RoomState, space: SpaceState, command: JoinRoom, context: Context) -> Decision | Refusal:
    if not visible(state, space, context):
        return NO_SUCH_ROOM
    if context.by in state.members:
        return Decision()
    if context.operator:
        return Refusal("forbidden", "an operator cannot be a member; join with an account's token")
    if state.direct:  # one of its people, before its first message
        return Decision((fact(state, "member.joined", context, {"account": context.by}),))
    if state.archived:
        return Refusal("forbidden", "the room is archived: nobody can join it")
    if not holds(state, space, context, "room.join_public"):
        return Refusal(
            "forbidden",
            "guests cannot join rooms themselves; ask somebody in the room for an invite (room.invite)",
        )
    if bots.owner_outside(space.bots, context.by, state.members):
        return bots.BOT_OWNER_OUTSIDE
    return Decision((fact(state, "member.joined", context, space.room_join_data(context.by)),))


def _leave(state: RoomState, space: SpaceState, command: LeaveRoom, context: Context) -> Decision | Refusal:
    if not visible(state, space, context):
        return NO_SUCH_ROOM
    if context.by not in state.members:
        return Decision()
    if state.direct:
        return direct.USE_DIRECT_LEAVE
    left = fact(state, "member.left", context, {"account": context.by})
    return Decision((left, *moderation.bots_leaving(state, space, context.by, context)))


def beyond_head(state: RoomState) -> Refusal:
    return Refusal("invalid", f"the room's last seq is {state.head}")


def _mark_read(
    state: RoomState, space: SpaceState, command: MarkRead, context: Context
) -> Decision | Refusal:
    if context.by not in state.members:
        return NO_SUCH_ROOM if not visible(state, space, context) else message.JOIN_FIRST
    if command.seq > state.head:
        return beyond_head(state)
    if command.seq <= state.read.get(context.by, 0):
        return Decision()
    return Decision(read=command.seq, shown=command.seq > state.furthest.get(context.by, 0))


def _forget_marker(
    state: RoomState, space: SpaceState, command: ForgetMarker, context: Context
) -> Decision | Refusal:
    return Decision(forgets_marker=True)


def _set_typing(
    state: RoomState, space: SpaceState, command: SetTyping, context: Context
) -> Decision | Refusal:
    if context.by not in state.members:
        return NO_SUCH_ROOM if not visible(state, space, context) else message.JOIN_FIRST
    if not (allowed := message.may_post(state, space, context)):
        return Refusal(
            "forbidden", f"you may not post in this room, so nobody is shown that you type: {allowed.because}"
        )
    if 0 <= context.at - state.typing.get(context.by, -TYPING_INTERVAL) < TYPING_INTERVAL:
        return Decision()
    return Decision(signal=Signal("typing", Typing(expires_in=TYPING_EXPIRES_IN)))


_DECIDERS: Final[Mapping[type[Any], Callable[[RoomState, SpaceState, Any, Context], Decision | Refusal]]] = {
    **message.DECIDERS,
    **reaction.DECIDERS,
    **imports.DECIDERS,
    RemoveDeletedAccount: account_deletion.leave_room,
    NoteDisabled: disabled_members.note_in_room,
    OpenDirectRoom: direct.open_room,
    LeaveDirectRoom: direct.leave,
    JoinRoom: _join,
    LeaveRoom: _leave,
    **moderation.DECIDERS,
    MarkRead: _mark_read,
    ForgetMarker: _forget_marker,
    export.BeginExport: export.begin_room,
    **retention.ROOM_DECIDERS,
    SetTyping: _set_typing,
}


def decide(state: RoomState, space: SpaceState, command: Any, context: Context) -> Decision | Refusal:
    """What `command` leads to in this room now. Changes nothing."""
    deleted = state.deleted or (state.space and not space.exists)
    if deleted and type(command) not in ALLOWED_IF_DELETED:
        return NO_SUCH_ROOM
    return _DECIDERS[type(command)](state, space, command, context)


def remember_unlogged(state: RoomState, decision: Decision, context: Context) -> None:
    """Keeps in memory what the decision changes but does not log: read markers, typing."""
    if decision.read is not None:
        state.read[context.by] = decision.read
    if decision.forgets_marker:
        state.read.pop(context.by, None)
    if decision.signal is not None:
        if len(state.typing) > len(state.members):
            state.typing.clear()
        state.typing[context.by] = context.at


# --- apply --------------------------------------------------------------------------------------------


def apply(state: RoomState, event: Fact | Event) -> None:
    """Applies a fact of this room's stream to its state. An unknown type only moves the head."""
    data = event.data
    match event.type:
        case "member.joined":
            state.members[data["account"]] = data.get("entry")
            if state.direct and data["account"] not in state.people:
                state.people.add(data["account"])
                state.spaces_version = 0
        case "member.left" | "member.kicked":
            state.members.pop(data["account"], None)
            if state.direct:
                state.people.discard(data["account"])
                state.disabled.discard(data["account"])
                state.spaces_version = 0
        case "member.disabled" | "member.enabled":
            disabled_members.apply(state, event)
        case "room.created":
            state.people = set(data.get("accounts", ()))
            state.space, state.name, state.kind = data.get("space", ""), data["name"], data["kind"]
            state.private, state.topic, state.created_at = data["private"], data.get("topic"), event.at
        case _:
            message.apply(state, event)
            slow_mode.apply(state, event)
            moderation.apply(state, event)
            retention.apply(state, event)
    state.head = event.seq


def confirm(state: RoomState, events: Sequence[Event]) -> None:
    """The facts are durable: the remembered nonces get their positions, and the oldest are forgotten."""
    for event in events:
        if (nonce := event.data.get("nonce")) and (posted := state.nonces.get((event.by, nonce))):
            posted.position = event.position
    state.forget_nonces()

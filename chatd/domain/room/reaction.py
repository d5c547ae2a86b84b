"""Reactions and pins. `chatd.domain.room.message` applies their facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from chatd.contract.errors import Refusal
from chatd.contract.pin import AddPin, RemovePin
from chatd.contract.reaction import AddReaction, RemoveReaction
from chatd.domain.decision import Context, Decision
from chatd.domain.emoji import is_character, qualified
from chatd.domain.policy.access import verdict
from chatd.domain.room.message import JOIN_FIRST, ROOM_ARCHIVED, visible_message
from chatd.domain.room.slow_mode import slow_mode_refusal
from chatd.domain.room.state import MessageState, RoomState, fact
from chatd.domain.space.state import SpaceState

MAX_REACTIONS: Final = 20  # different ones on a message
MAX_PINS: Final = 100  # in a room


def _message_to_react_to(
    state: RoomState, space: SpaceState, context: Context, seq: int
) -> MessageState | Refusal:
    message = visible_message(state, space, context, seq)
    if isinstance(message, Refusal):
        return message
    if context.by not in state.members:
        return JOIN_FIRST
    if state.archived:
        return ROOM_ARCHIVED
    if not (allowed := verdict(state, space, context.by, "reaction.add", context.at)):
        return Refusal("forbidden", f"you may not react in this room: {allowed.because}")
    return message


def _react(state: RoomState, space: SpaceState, command: AddReaction, context: Context) -> Decision | Refusal:
    message = _message_to_react_to(state, space, context, command.seq)
    if isinstance(message, Refusal):
        return message
    if not is_reaction(command.emoji, space):
        return Refusal("invalid", "emoji is one character as people see it, or :name: of a custom emoji here")
    emoji = qualified(command.emoji)
    if context.by in message.reactions.get(emoji, ()):
        return Decision()
    if emoji not in message.reactions and len(message.reactions) >= MAX_REACTIONS:
        return Refusal("conflict", f"a message takes at most {MAX_REACTIONS} different reactions")
    if wait := slow_mode_refusal(state, space, context, posting=False):
        return wait
    data = {"seq": command.seq, "emoji": emoji}
    return Decision((fact(state, "reaction.added", context, data),))


def _unreact(
    state: RoomState, space: SpaceState, command: RemoveReaction, context: Context
) -> Decision | Refusal:
    message = _message_to_react_to(state, space, context, command.seq)
    if isinstance(message, Refusal):
        return message
    emoji = qualified(command.emoji)
    if context.by not in message.reactions.get(emoji, ()):
        return Decision()
    data = {"seq": command.seq, "emoji": emoji}
    return Decision((fact(state, "reaction.removed", context, data),))


def is_reaction(emoji: str, space: SpaceState) -> bool:
    if emoji.startswith(":") and emoji.endswith(":") and len(emoji) > 2:
        return emoji[1:-1] in space.emoji
    return is_character(emoji)


def _pin(
    state: RoomState, space: SpaceState, command: AddPin | RemovePin, context: Context
) -> Decision | Refusal:
    message = visible_message(state, space, context, command.seq)
    if isinstance(message, Refusal):
        return message
    if state.archived:
        return ROOM_ARCHIVED
    allowed = verdict(state, space, context.by, "pin.set", context.at)
    if not (context.operator or allowed):
        return Refusal("forbidden", f"you may not pin in this room: {allowed.because}")
    if context.by not in state.members and not context.operator:
        return JOIN_FIRST
    add = isinstance(command, AddPin)
    if add is (command.seq in state.pins):
        return Decision()
    if add and len(state.pins) >= MAX_PINS:
        return Refusal("conflict", f"a room keeps at most {MAX_PINS} pins; remove one first")
    if not add:
        return Decision((fact(state, "pin.removed", context, {"seq": command.seq}),))
    if wait := slow_mode_refusal(state, space, context, posting=False):
        return wait
    return Decision((fact(state, "pin.added", context, {"seq": command.seq}),))


DECIDERS: Final[Mapping[type[Any], Callable[[RoomState, SpaceState, Any, Context], Decision | Refusal]]] = {
    AddReaction: _react,
    RemoveReaction: _unreact,
    AddPin: _pin,
    RemovePin: _pin,
}

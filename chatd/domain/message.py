"""Messages in a room: posting, changing and erasing them, and what people put on them.

Which messages a command is about is said by `wanted`; its actor reads them from the log before it decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import attrs

from chatd.domain import command as c
from chatd.domain.decision import Context, Decision, given
from chatd.domain.event import Event, Fact
from chatd.domain.mention import LOUD, mentions_in
from chatd.domain.refusal import Refusal
from chatd.domain.rights import Right, may
from chatd.domain.room_state import ABSENT as NO_ROOM
from chatd.domain.room_state import (
    Message,
    Posted,
    RoomState,
    content_of,
    fact,
    holds,
    present_members,
    role_in,
    visible,
)
from chatd.domain.space import SpaceState

MAX_REACTIONS: Final = 20  # different ones on a message
MAX_PINS: Final = 100  # in a room

ABSENT: Final = Refusal("not_found", "there is no such message; it may have been deleted")
ARCHIVED: Final = Refusal("forbidden", "the room is archived: it can be read, not written")
JOIN_FIRST: Final = Refusal("forbidden", "join the room first")


@attrs.frozen
class ExpireMessage:
    """Given by the server's own clock: the time that the message was posted for is over."""

    seq: int


def wanted(command: Any) -> int | None:
    """The seq of the message that the command is about."""
    if isinstance(command, c.PostMessage):
        return command.reply_to
    return getattr(command, "seq", None) if type(command) in _ABOUT_ONE else None


def may_see_edits(author: str, asker: str, role: str | None) -> bool:
    return author == asker or may(role, "message.see_edits")


# --- posting ------------------------------------------------------------------------------------------


def _post(
    state: RoomState, space: SpaceState, command: c.PostMessage, context: Context
) -> Decision | Refusal:
    if context.by not in state.members:
        if not visible(state, space, context):
            return NO_ROOM
        return Refusal("forbidden", "join the room before you post in it")
    if command.nonce and (posted := state.posted.get((context.by, command.nonce))):
        if posted.content not in (None, content_of(command.text, command.reply_to)):
            return Refusal("conflict", "this nonce was used for another message; take a new one")
        return Decision(answer=lambda _: posted.result())
    if state.archived:
        return ARCHIVED
    if not may_post(state, space, context):
        return Refusal("forbidden", "your role may not post in this room")
    thread = None
    if command.reply_to is not None:
        answered = state.messages.get(command.reply_to)
        if answered is None:
            return Refusal("invalid", "reply_to names no message of this room")
        thread = answered.thread or command.reply_to
    data = given(
        nonce=command.nonce,
        reply_to=command.reply_to,
        thread=thread,
        mentions=_mentions(state, space, command.text, context) or None,
        expires_at=context.at + command.expires_in * 1000 if command.expires_in else None,
    )
    return Decision((fact(state, "message.posted", context, data, command.text),), _posted)


def may_post(state: RoomState, space: SpaceState, context: Context) -> bool:
    right: Right = "message.announce" if state.kind == "announcement" else "message.post"
    return not state.archived and may(role_in(state, space, context.by), right)


def _posted(events: Sequence[Event]) -> dict[str, Any]:
    (event,) = events
    return {"seq": event.seq, "position": event.position, "at": event.at}


def _mentions(state: RoomState, space: SpaceState, text: str, context: Context) -> list[str]:
    """Ids of the members that a text mentions, and `here` or `room` where the author may be that loud."""
    found: dict[str, None] = {}
    for readings in mentions_in(text):
        word = next((word for word in LOUD if word in readings), None)
        if word is not None and may(role_in(state, space, context.by), "mention.loud"):
            found[word] = None
            if word == "here":
                found |= dict.fromkeys(present_members(state, context.present))
                found.pop(context.by, None)
        elif word is None:
            known = (context.names[reading] for reading in readings if reading in context.names)
            if (account := next(known, None)) in state.members and account is not None:
                found[account] = None
    return list(found)


# --- changing and erasing -----------------------------------------------------------------------------


def _found(state: RoomState, space: SpaceState, context: Context, seq: int) -> Message | Refusal:
    """The message, if the asker may see it and it has not been deleted."""
    if not visible(state, space, context):
        return NO_ROOM
    message = state.messages.get(seq)
    return ABSENT if message is None or message.deleted else message


def _edit(
    state: RoomState, space: SpaceState, command: c.EditMessage, context: Context
) -> Decision | Refusal:
    message = _found(state, space, context, command.seq)
    if isinstance(message, Refusal):
        return message
    if message.by != context.by:
        return Refusal("forbidden", "only its author may change a message")
    if context.by not in state.members:
        return JOIN_FIRST
    if state.archived:
        return ARCHIVED
    if command.text == message.text:
        return Decision()
    data = {"seq": command.seq, **given(mentions=_mentions(state, space, command.text, context) or None)}
    return Decision((fact(state, "message.edited", context, data, command.text),))


def _delete(
    state: RoomState, space: SpaceState, command: c.DeleteMessage, context: Context
) -> Decision | Refusal:
    if not visible(state, space, context):
        return NO_ROOM
    message = state.messages.get(command.seq)
    if message is None:
        return ABSENT
    if message.by != context.by and not holds(state, space, context, "message.delete_any"):
        return Refusal("forbidden", "only its author and moderators may delete a message")
    if message.deleted:
        return Decision()
    data = {"seq": command.seq, "author": message.by}
    return Decision((fact(state, "message.deleted", context, data),))


def _expire(
    state: RoomState, space: SpaceState, command: ExpireMessage, context: Context
) -> Decision | Refusal:
    message = state.messages.get(command.seq)
    if message is None or message.deleted:
        return Decision()
    data = {"seq": command.seq, "author": message.by, "expired": True}
    return Decision((fact(state, "message.deleted", context, data),))


# --- reactions and pins -------------------------------------------------------------------------------


def _reactable(state: RoomState, space: SpaceState, context: Context, seq: int) -> Message | Refusal:
    message = _found(state, space, context, seq)
    if isinstance(message, Refusal):
        return message
    if context.by not in state.members:
        return JOIN_FIRST
    if state.archived:
        return ARCHIVED
    if not holds(state, space, context, "reaction.add"):
        return Refusal("forbidden", "your role may not react in this room")
    return message


def _react(
    state: RoomState, space: SpaceState, command: c.AddReaction, context: Context
) -> Decision | Refusal:
    message = _reactable(state, space, context, command.seq)
    if isinstance(message, Refusal):
        return message
    if not _is_reaction(command.emoji, space):
        return Refusal("invalid", "emoji is one character as people see it, or :name: of a custom emoji here")
    if context.by in message.reactions.get(command.emoji, ()):
        return Decision()
    if command.emoji not in message.reactions and len(message.reactions) >= MAX_REACTIONS:
        return Refusal("conflict", f"a message takes at most {MAX_REACTIONS} different reactions")
    data = {"seq": command.seq, "emoji": command.emoji}
    return Decision((fact(state, "reaction.added", context, data),))


def _unreact(
    state: RoomState, space: SpaceState, command: c.RemoveReaction, context: Context
) -> Decision | Refusal:
    message = _reactable(state, space, context, command.seq)
    if isinstance(message, Refusal):
        return message
    if context.by not in message.reactions.get(command.emoji, ()):
        return Decision()
    data = {"seq": command.seq, "emoji": command.emoji}
    return Decision((fact(state, "reaction.removed", context, data),))


def _is_reaction(emoji: str, space: SpaceState) -> bool:
    if emoji.startswith(":") and emoji.endswith(":") and len(emoji) > 2:
        return emoji[1:-1] in space.emoji
    import regex  # large, and most servers start long before the first reaction

    shown = emoji[0].isprintable() and not emoji[0].isspace()
    return shown and regex.fullmatch(r"\X", emoji) is not None


def _pin(
    state: RoomState, space: SpaceState, command: c.AddPin | c.RemovePin, context: Context
) -> Decision | Refusal:
    message = _found(state, space, context, command.seq)
    if isinstance(message, Refusal):
        return message
    if not holds(state, space, context, "pin.set"):
        return Refusal("forbidden", "your role may not pin messages in this room")
    if context.by not in state.members and not context.operator:
        return JOIN_FIRST
    if state.archived:
        return ARCHIVED
    add = isinstance(command, c.AddPin)
    if add is (command.seq in state.pins):
        return Decision()
    if add and len(state.pins) >= MAX_PINS:
        return Refusal("conflict", f"a room keeps at most {MAX_PINS} pins; remove one first")
    type_ = "pin.added" if add else "pin.removed"
    return Decision((fact(state, type_, context, {"seq": command.seq}),))


_ABOUT_ONE: Final = frozenset(
    {c.EditMessage, c.DeleteMessage, ExpireMessage, c.AddReaction, c.RemoveReaction, c.AddPin, c.RemovePin}
)

DECIDERS: Final[Mapping[type[Any], Callable[[RoomState, SpaceState, Any, Context], Decision | Refusal]]] = {
    c.PostMessage: _post,
    c.EditMessage: _edit,
    c.DeleteMessage: _delete,
    ExpireMessage: _expire,
    c.AddReaction: _react,
    c.RemoveReaction: _unreact,
    c.AddPin: _pin,
    c.RemovePin: _pin,
}


# --- apply --------------------------------------------------------------------------------------------


def apply(state: RoomState, event: Fact | Event) -> None:
    """Makes a fact about messages part of the room's state."""
    data = event.data
    if event.type == "message.posted":
        if nonce := data.get("nonce"):
            content = content_of(event.text, data.get("reply_to")) if event.text is not None else None
            position = event.position if isinstance(event, Event) else 0
            state.remember(event.by, nonce, Posted(event.seq, event.at, content, position))
        return
    if event.type == "pin.added":
        state.pins.add(data["seq"])
    elif event.type in ("pin.removed", "message.deleted"):
        state.pins.discard(data["seq"])
    if (message := state.messages.get(data.get("seq", 0))) is not None:
        _change(message, event)


def _change(message: Message, event: Fact | Event) -> None:
    data = event.data
    match event.type:
        case "message.edited":
            message.text, message.mentions = event.text, data.get("mentions", [])
        case "message.deleted":
            message.deleted, message.text, message.mentions = True, None, []
            message.reactions.clear()
        case "reaction.added":
            message.reactions.setdefault(data["emoji"], set()).add(event.by)
        case "reaction.removed":
            accounts = message.reactions.get(data["emoji"], set())
            accounts.discard(event.by)
            if not accounts:
                message.reactions.pop(data["emoji"], None)

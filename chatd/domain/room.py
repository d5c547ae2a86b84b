"""A room: its members, its order of messages, and which nonces it has seen.

A room decides with the state of its space beside its own: both actors live in one thread, so that a
role taken away counts from the very next message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final

import attrs

from chatd.domain import command as c
from chatd.domain.decision import Context, Decision, given
from chatd.domain.event import Event, Fact, room_stream
from chatd.domain.refusal import Refusal
from chatd.domain.rights import may
from chatd.domain.space import SpaceState

ABSENT: Final = Refusal("not_found", "there is no such room, or you may not see it")
REMEMBERED: Final = 1000  # posts whose nonces a room keeps in memory; older ones the log knows


@attrs.define(slots=True)
class Posted:
    """The first result of a nonce, and what was posted. `position` is 0 until it is durable."""

    seq: int
    at: int
    content: bytes | None  # None: erased since, so nothing can be compared
    position: int = 0

    def result(self) -> dict[str, Any]:
        return {"seq": self.seq, "position": self.position, "at": self.at}


def content_of(text: str, reply_to: int | None) -> bytes:
    """What must be the same for a repeated nonce to be a repetition."""
    return blake2b(f"{reply_to}\n{text}".encode(), digest_size=16).digest()


@attrs.define
class RoomState:
    """What the room's actor owns. `head` is the seq of the newest fact; 0: there is no such room."""

    id: str
    head: int = 0
    space: str = ""
    name: str = ""
    kind: str = "text"
    private: bool = False
    topic: str | None = None
    archived: bool = False
    created_at: int = 0
    members: dict[str, int] = attrs.Factory(dict)  # account -> seq at which it joined
    posted: dict[tuple[str, str], Posted] = attrs.field(factory=dict, repr=False)  # oldest first

    @property
    def exists(self) -> bool:
        return self.head > 0

    def remember(self, by: str, nonce: str, posted: Posted) -> None:
        self.posted[by, nonce] = posted
        if len(self.posted) > REMEMBERED:
            del self.posted[next(iter(self.posted))]

    def frame(self) -> dict[str, Any]:
        """The room as the wire shows it."""
        return {
            "id": self.id,
            "space": self.space,
            "name": self.name,
            "kind": self.kind,
            "private": self.private,
            "topic": self.topic,
            "archived": self.archived,
            "created_at": self.created_at,
            "head": self.head,
        }


def visible(state: RoomState, space: SpaceState, context: Context) -> bool:
    """Whether the asker may know that the room exists, and read it."""
    if not state.exists:
        return False
    if context.operator or context.by in state.members:
        return True
    return not state.private and may(space.role(context.by), "room.see_public")


# --- decide -------------------------------------------------------------------------------------------


def _fact(
    state: RoomState, type_: str, context: Context, data: dict[str, Any], text: str | None = None
) -> Fact:
    return Fact(room_stream(state.id), state.head + 1, type_, context.at, context.by, data, text)


def _post(
    state: RoomState, space: SpaceState, command: c.PostMessage, context: Context
) -> Decision | Refusal:
    if context.by not in state.members:
        if not visible(state, space, context):
            return ABSENT
        return Refusal("forbidden", "join the room before you post in it")
    if command.nonce and (posted := state.posted.get((context.by, command.nonce))):
        if posted.content not in (None, content_of(command.text, command.reply_to)):
            return Refusal("conflict", "this nonce was used for another message; take a new one")
        return Decision(answer=lambda _: posted.result())
    if state.archived:
        return Refusal("forbidden", "the room is archived: it can be read, not written")
    right: Any = "message.announce" if state.kind == "announcement" else "message.post"
    if not may(space.role(context.by), right):
        return Refusal("forbidden", "your role may not post in this room")
    if command.reply_to is not None and not 1 <= command.reply_to <= state.head:
        return Refusal("invalid", "reply_to names no message of this room")
    data = given(nonce=command.nonce, reply_to=command.reply_to)
    return Decision((_fact(state, "message.posted", context, data, command.text),), _posted)


def _posted(events: Sequence[Event]) -> dict[str, Any]:
    (event,) = events
    return {"seq": event.seq, "position": event.position, "at": event.at}


def _join(state: RoomState, space: SpaceState, command: c.JoinRoom, context: Context) -> Decision | Refusal:
    if not visible(state, space, context):
        return ABSENT
    if context.by in state.members:
        return Decision()
    if context.operator:
        return Refusal("forbidden", "an operator is no member; join with an account's token")
    if state.archived:
        return Refusal("forbidden", "the room is archived: nobody joins it any more")
    return Decision((_fact(state, "member.joined", context, {"account": context.by}),))


def _leave(state: RoomState, space: SpaceState, command: c.LeaveRoom, context: Context) -> Decision | Refusal:
    if not visible(state, space, context):
        return ABSENT
    if context.by not in state.members:
        return Decision()
    return Decision((_fact(state, "member.left", context, {"account": context.by}),))


def _update(
    state: RoomState, space: SpaceState, command: c.UpdateRoom, context: Context
) -> Decision | Refusal:
    if not visible(state, space, context):
        return ABSENT
    if not (context.operator or may(space.role(context.by), "room.update")):
        return Refusal("forbidden", "only owner, admin and moderator may change a room")
    data = given(name=command.name, topic=command.topic)
    return Decision((_fact(state, "room.updated", context, data),) if data else ())


def _archive(
    state: RoomState, space: SpaceState, command: c.ArchiveRoom, context: Context
) -> Decision | Refusal:
    if not visible(state, space, context):
        return ABSENT
    if not (context.operator or may(space.role(context.by), "room.archive")):
        return Refusal("forbidden", "only owner and admin may archive a room")
    return Decision() if state.archived else Decision((_fact(state, "room.archived", context, {}),))


def _mark_read(
    state: RoomState, space: SpaceState, command: c.MarkRead, context: Context
) -> Decision | Refusal:
    if context.by not in state.members:
        return ABSENT if not visible(state, space, context) else Refusal("forbidden", "join the room first")
    if command.seq > state.head:
        return Refusal("invalid", f"the room's last seq is {state.head}")
    return Decision(read=command.seq)


_DECIDERS: Final[Mapping[type[Any], Callable[[RoomState, SpaceState, Any, Context], Decision | Refusal]]] = {
    c.PostMessage: _post,
    c.JoinRoom: _join,
    c.LeaveRoom: _leave,
    c.UpdateRoom: _update,
    c.ArchiveRoom: _archive,
    c.MarkRead: _mark_read,
}


def decide(state: RoomState, space: SpaceState, command: Any, context: Context) -> Decision | Refusal:
    """What `command` means for this room now. Changes nothing."""
    return _DECIDERS[type(command)](state, space, command, context)


# --- apply --------------------------------------------------------------------------------------------


def apply(state: RoomState, event: Fact | Event) -> None:
    """Makes a fact of this room's stream part of its state. Unknown types only move the head."""
    data = event.data
    match event.type:
        case "message.posted":
            if nonce := data.get("nonce"):
                content = content_of(event.text, data.get("reply_to")) if event.text is not None else None
                position = event.position if isinstance(event, Event) else 0
                state.remember(event.by, nonce, Posted(event.seq, event.at, content, position))
        case "member.joined":
            state.members[data["account"]] = event.seq
        case "member.left":
            state.members.pop(data["account"], None)
        case "room.created":
            state.space, state.name, state.kind = data["space"], data["name"], data["kind"]
            state.private, state.topic, state.created_at = data["private"], data.get("topic"), event.at
        case "room.updated":
            state.name = data.get("name", state.name)
            state.topic = data.get("topic", state.topic)
        case "room.archived":
            state.archived = True
    state.head = event.seq


def confirm(state: RoomState, events: Sequence[Event]) -> None:
    """The facts have been given their places: remembered posts learn their positions."""
    for event in events:
        if (nonce := event.data.get("nonce")) and (posted := state.posted.get((event.by, nonce))):
            posted.position = event.position

"""Messages in a room: posting, editing and deleting them. Reactions and pins are in `reaction`.

`messages_of` says which messages a command is about; the room's actor loads them before it decides.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from msgspec import to_builtins

from chatd.contract import message as contract
from chatd.contract.errors import Refusal
from chatd.contract.fields import Right
from chatd.contract.message import DeleteMessage, EditMessage, PostMessage
from chatd.contract.pin import AddPin, RemovePin
from chatd.contract.reaction import AddReaction, RemoveReaction
from chatd.domain.decision import Context, Decision, drop_none
from chatd.domain.event import Data, Event, Fact
from chatd.domain.files import NOTHING_IN_IT, attached
from chatd.domain.internal import AddImported, DeleteMessages, EraseImported, EraseOld, ExpireMessage
from chatd.domain.names.mentions import GROUP_MENTIONS
from chatd.domain.policy.access import Verdict, holds, ranks_equal_or_above, verdict, visible
from chatd.domain.policy.roles import may
from chatd.domain.room import direct
from chatd.domain.room.slow_mode import slow_mode_refusal
from chatd.domain.room.state import (
    NO_SUCH_ROOM,
    MessageState,
    NonceRecord,
    RoomState,
    fact,
    nonce_digest,
    present_members,
)
from chatd.domain.space.state import SpaceState

NO_SUCH_MESSAGE: Final = Refusal("not_found", "there is no such message; it may have been deleted")
ROOM_ARCHIVED: Final = Refusal("forbidden", "the room is archived: it can be read, not written")
JOIN_FIRST: Final = Refusal("forbidden", "join the room first")


def messages_of(command: Any) -> Sequence[int]:
    """The seqs of the messages that the command is about."""
    if isinstance(command, PostMessage):
        return () if command.reply_to is None else (command.reply_to,)
    if isinstance(command, (DeleteMessages, EraseOld)):
        return command.seqs
    if isinstance(command, EraseImported):
        return [seq for seq, _ in command.messages]
    if isinstance(command, AddImported):
        return [change.seq for change in command.changes]
    return (command.seq,) if type(command) in _ON_ONE_MESSAGE else ()


def may_see_edits(author: str, caller: str, role: str | None) -> bool:
    """Whether the caller, with this role in the space, may see the earlier texts of the author's message."""
    return author == caller or may(role, "message.see_edits")


# --- posting ------------------------------------------------------------------------------------------


def _post(state: RoomState, space: SpaceState, command: PostMessage, context: Context) -> Decision | Refusal:
    inside = context.by in state.members or context.by in state.people
    if not inside and not visible(state, space, context):
        return NO_SUCH_ROOM
    if command.nonce and (record := state.nonces.get((context.by, command.nonce))):
        return _repeat(record, command)  # it stands there, whatever the author may do since
    if not inside:
        return Refusal("forbidden", "join the room before you post in it")
    if state.archived:
        return ROOM_ARCHIVED
    if not (allowed := may_post(state, space, context)):
        because = f"you may not post in this room: {allowed.because}"
        return Refusal("forbidden", because, passing=allowed.passing)
    if wait := slow_mode_refusal(state, space, context):
        return wait
    thread = None
    if command.reply_to is not None:
        answered = state.messages.get(command.reply_to)
        if answered is None:
            return Refusal("invalid", "reply_to is not a message of this room")
        thread = answered.thread or command.reply_to
    files: list[Data] | None = None
    if command.attachments:
        found = attached(command.attachments, context)
        if isinstance(found, Refusal):
            return found
        files = [to_builtins(file) for file in found]
    elif not command.text:
        return NOTHING_IN_IT
    joining = direct.absent(state) if state.direct else []
    data = drop_none(
        nonce=command.nonce,
        reply_to=command.reply_to,
        thread=thread,
        attachments=command.attachments or None,
        mentions=_mentions(state, space, context, joining) or None,
        expires_at=context.at + command.expires_in * 1000 if command.expires_in else None,
    )
    posted = fact(state, "message.posted", context, data, command.text, len(joining) + 1, files)
    return Decision((*direct.joining(state, context, joining), posted), _posted)


def _repeat(record: NonceRecord, command: PostMessage) -> Decision | Refusal:
    """The first result of the nonce, unless the command posts something else."""
    if record.digest not in (None, nonce_digest(command.text, command.reply_to, command.attachments)):
        return Refusal("conflict", "this nonce was used for another message; use a new one")
    return Decision(answer=lambda _: record.result())


def may_post(state: RoomState, space: SpaceState, context: Context) -> Verdict:
    right: Right = "message.announce" if state.kind == "announcement" else "message.post"
    return verdict(state, space, context.by, right, context.at)


def _posted(events: Sequence[Event]) -> contract.Posted:
    event = events[-1]
    return contract.Posted(seq=event.seq, position=event.position, at=event.at)


def _mentions(
    state: RoomState, space: SpaceState, context: Context, joining: Collection[str] = ()
) -> list[str]:
    """Ids of the members that the text mentions, those who join with it among them, and `here` or `room` if
    the author may mention all. Who is disabled is mentioned by nobody."""
    members = dict.fromkeys((*state.members, *joining)) if joining else state.members
    disabled = state.disabled if state.direct else space.disabled
    found: dict[str, None] = {}
    for candidates in context.mentions:
        word = next((word for word in GROUP_MENTIONS if word in candidates), None)
        if word is not None and holds(state, space, context, "mention.loud"):
            found[word] = None
            if word == "here":
                found |= dict.fromkeys(present_members(members, context.present))
                found.pop(context.by, None)
        elif word is None:
            known = (context.names[key] for key in candidates if key in context.names)
            account = next(known, None)
            if account is not None and account in members and account not in disabled:
                found[account] = None
    return list(found)


# --- editing and deleting -----------------------------------------------------------------------------


def visible_message(
    state: RoomState, space: SpaceState, context: Context, seq: int
) -> MessageState | Refusal:
    """The message, if the caller may see it and it has not been deleted."""
    if not visible(state, space, context):
        return NO_SUCH_ROOM
    message = state.messages.get(seq)
    return NO_SUCH_MESSAGE if message is None or message.deleted else message


def _edit(state: RoomState, space: SpaceState, command: EditMessage, context: Context) -> Decision | Refusal:
    message = visible_message(state, space, context, command.seq)
    if isinstance(message, Refusal):
        return message
    if message.by != context.by:
        return Refusal("forbidden", "only the author may edit a message")
    if context.by not in state.members:
        return JOIN_FIRST
    if state.archived:
        return ROOM_ARCHIVED
    if not (allowed := may_post(state, space, context)):
        return Refusal("forbidden", f"you may not write in this room: {allowed.because}")
    if command.text == message.text:
        return Decision()
    if not command.text and not message.has_files:
        return NOTHING_IN_IT
    if wait := slow_mode_refusal(state, space, context, posting=False):
        return wait
    if (quotas := context.quotas) and message.versions >= quotas.versions:
        return Refusal(
            "conflict",
            f"a message has at most {quotas.versions} versions; delete it and write another",
        )
    data = {"seq": command.seq, **drop_none(mentions=_mentions(state, space, context) or None)}
    return Decision((fact(state, "message.edited", context, data, command.text),))


def _delete(
    state: RoomState, space: SpaceState, command: DeleteMessage, context: Context
) -> Decision | Refusal:
    if not visible(state, space, context):
        return NO_SUCH_ROOM
    message = state.messages.get(command.seq)
    if message is None:
        return NO_SUCH_MESSAGE
    if message.by != context.by and not (
        holds(state, space, context, "message.delete_any")
        and ranks_equal_or_above(space, context, message.by)
    ):
        return Refusal("forbidden", "only the author and moderators may delete a message")
    if message.deleted:
        return Decision()
    data = {"seq": command.seq, "author": message.by, **drop_none(reason=command.reason)}
    return Decision((fact(state, "message.deleted", context, data),))


def _expire(
    state: RoomState, space: SpaceState, command: ExpireMessage, context: Context
) -> Decision | Refusal:
    message = state.messages.get(command.seq)
    if message is None or message.deleted:
        return Decision()
    data = {"seq": command.seq, "author": message.by, "expired": True}
    return Decision((fact(state, "message.deleted", context, data),))


def _delete_many(
    state: RoomState, space: SpaceState, command: DeleteMessages, context: Context
) -> Decision | Refusal:
    facts: list[Fact] = []
    for seq in command.seqs:
        message = state.messages.get(seq)
        if message is not None and not message.deleted:
            data = {"seq": seq, "author": message.by}
            facts.append(fact(state, "message.deleted", context, data, nth=len(facts) + 1))
    return Decision(tuple(facts))


_ON_ONE_MESSAGE: Final = frozenset(
    {EditMessage, DeleteMessage, ExpireMessage, AddReaction, RemoveReaction, AddPin, RemovePin}
)

DECIDERS: Final[Mapping[type[Any], Callable[[RoomState, SpaceState, Any, Context], Decision | Refusal]]] = {
    PostMessage: _post,
    EditMessage: _edit,
    DeleteMessage: _delete,
    ExpireMessage: _expire,
    DeleteMessages: _delete_many,
}


# --- apply --------------------------------------------------------------------------------------------


def apply(state: RoomState, event: Fact | Event) -> None:
    """Applies a fact about messages to the room's state."""
    data = event.data
    if event.type == "message.posted":
        if nonce := data.get("nonce"):
            digest = None
            if event.text is not None:
                digest = nonce_digest(event.text, data.get("reply_to"), data.get("attachments"))
            position = event.position if isinstance(event, Event) else 0
            state.remember_nonce(event.by, nonce, NonceRecord(event.seq, event.at, digest, position))
        return
    if event.type == "pin.added":
        state.pins.add(data["seq"])
    elif event.type in ("pin.removed", "message.deleted"):
        state.pins.discard(data["seq"])
    if event.type == "message.deleted":
        state.forget_content(data["seq"])
    if (message := state.messages.get(data.get("seq", 0))) is not None:
        _change(message, event)


def _change(message: MessageState, event: Fact | Event) -> None:
    data = event.data
    match event.type:
        case "message.edited":
            message.text, message.mentions = event.text, data.get("mentions", [])
            message.versions += 1
        case "message.deleted":
            message.deleted, message.text, message.mentions, message.has_files = True, None, [], False
            message.reactions.clear()
        case "reaction.added":
            message.reactions.setdefault(data["emoji"], set()).add(event.by)
        case "reaction.removed":
            accounts = message.reactions.get(data["emoji"], set())
            accounts.discard(event.by)
            if not accounts:
                message.reactions.pop(data["emoji"], None)

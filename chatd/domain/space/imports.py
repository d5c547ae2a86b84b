"""A space's side of an import: that it began and ended, who comes in with it, and the rooms that it makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from chatd.contract.errors import Refusal
from chatd.contract.import_ import BeginImport, EmojiMade, ImportResult
from chatd.contract.room import Room, RoomResult
from chatd.domain.decision import Context, Decision, drop_none
from chatd.domain.event import Fact, room_stream
from chatd.domain.files import refuse_picture
from chatd.domain.internal import (
    AddImportedEmoji,
    AdmitMembers,
    DismissMembers,
    EndImport,
    MakeImportedRoom,
    RemoveImportedEmoji,
)
from chatd.domain.names.folded import of_place
from chatd.domain.policy import bots
from chatd.domain.space.state import MAX_EMOJI, NO_SUCH_SPACE, TOO_MANY_EMOJI, SpaceState, fact


def _begin(state: SpaceState, command: BeginImport, context: Context) -> Decision | Refusal:
    if not state.exists:
        return NO_SUCH_SPACE
    data = {"import": context.new_id, "format": command.format, "source": command.source}
    result = ImportResult(import_=context.new_id)
    return Decision((fact(state, "import.begun", context, data),), lambda _: result)


def _end(state: SpaceState, command: EndImport, context: Context) -> Decision | Refusal:
    type_ = "import.undone" if command.undone else "import.finished"
    return Decision((fact(state, type_, context, {"import": command.import_}),))


def _admit(state: SpaceState, command: AdmitMembers, context: Context) -> Decision | Refusal:
    if not state.exists:
        return NO_SUCH_SPACE
    coming = [
        account
        for account in dict.fromkeys(command.accounts)
        if account not in state.members and not state.banned_until(account, context.at)
    ]
    given = drop_none(role="member", imported=command.import_)
    return Decision(
        tuple(
            fact(state, "member.joined", context, {"account": account, **given}, nth=nth)
            for nth, account in enumerate(coming, 1)
        )
    )


def _dismiss(state: SpaceState, command: DismissMembers, context: Context) -> Decision:
    """Whoever was given another role, or has brought bots, stays."""
    going = [
        account
        for account in dict.fromkeys(command.accounts)
        if state.role(account) == "member" and not bots.leaving_with(state.bots, account, state.members)
    ]
    return Decision(
        tuple(
            fact(state, "member.left", context, {"account": account, "imported": command.import_}, nth=nth)
            for nth, account in enumerate(going, 1)
        )
    )


def _add_emoji(state: SpaceState, command: AddImportedEmoji, context: Context) -> Decision | Refusal:
    if not state.exists:
        return NO_SUCH_SPACE
    if command.name in state.emoji:
        return Decision(answer=lambda _: EmojiMade(made=False))
    if len(state.emoji) >= MAX_EMOJI:
        return TOO_MANY_EMOJI
    if refusal := refuse_picture("image", command.image, context):
        return refusal
    data = {"name": command.name, "image": command.image, "imported": command.import_}
    return Decision((fact(state, "emoji.added", context, data),), lambda _: EmojiMade(made=True))


def _remove_emoji(state: SpaceState, command: RemoveImportedEmoji, context: Context) -> Decision:
    going = [name for name, image in command.emoji if state.emoji.get(name) == image]
    return Decision(
        tuple(
            fact(state, "emoji.removed", context, {"name": name, "imported": command.import_}, nth=nth)
            for nth, name in enumerate(going, 1)
        )
    )


def _make_room(state: SpaceState, command: MakeImportedRoom, context: Context) -> Decision | Refusal:
    if not state.exists:
        return NO_SUCH_SPACE
    room, stream = context.new_id, room_stream(context.new_id)
    created_at = min(command.created_at, context.at)
    described = drop_none(name=command.name, kind="text", topic=command.topic or None)
    created = {"space": state.id, "private": command.private, **described}
    facts = [Fact(stream, 1, "room.created", created_at, context.by, of_place(created))]
    for account in dict.fromkeys(command.members):
        if account in state.members:
            joined = state.room_join_data(account) | drop_none(imported=command.import_)
            facts.append(Fact(stream, len(facts) + 1, "member.joined", context.at, context.by, joined))
    if command.archived:
        facts.append(Fact(stream, len(facts) + 1, "room.archived", context.at, context.by, {}))
    head = len(facts)
    if not command.private:
        facts.append(fact(state, "room.created", context, {"room": room, **described}))
    row = Room(
        id=room,
        space=state.id,
        name=command.name,
        kind="text",
        private=command.private,
        topic=command.topic or None,
        archived=command.archived,
        locked=False,
        slow_mode=0,
        keep_days=None,
        hold=False,
        created_at=created_at,
        head=head,
    )
    return Decision(tuple(facts), lambda _: RoomResult(room=row))


DECIDERS: Final[Mapping[type[Any], Callable[[SpaceState, Any, Context], Decision | Refusal]]] = {
    BeginImport: _begin,
    EndImport: _end,
    AdmitMembers: _admit,
    DismissMembers: _dismiss,
    AddImportedEmoji: _add_emoji,
    RemoveImportedEmoji: _remove_emoji,
    MakeImportedRoom: _make_room,
}

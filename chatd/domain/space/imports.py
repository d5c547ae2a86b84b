"""A space's side of an import: that it began and ended, who comes in with it, and the rooms that it makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from chatd.contract.errors import Refusal
from chatd.contract.import_ import BeginImport, ImportResult
from chatd.contract.room import Room, RoomResult
from chatd.domain.decision import Context, Decision, drop_none
from chatd.domain.event import Fact, room_stream
from chatd.domain.internal import AdmitMembers, EndImport, MakeImportedRoom
from chatd.domain.names.folded import of_place
from chatd.domain.space.state import NO_SUCH_SPACE, SpaceState, fact


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
    return Decision(
        tuple(
            fact(state, "member.joined", context, {"account": account, "role": "member"}, nth=nth)
            for nth, account in enumerate(coming, 1)
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
            joined = state.room_join_data(account)
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
    MakeImportedRoom: _make_room,
}

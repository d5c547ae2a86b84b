"""A room's side of an import: messages that were written elsewhere, and what a later export says of them.

They stand in the room in the order in which they are imported, with the times at which they were written.
Rights, slow mode and archives do not bind them: nobody writes here now, and an operator has decided.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec import to_builtins
from msgspec.structs import replace

from chatd.contract.errors import Refusal
from chatd.contract.import_ import ImportedMessages, ImportMessage, ImportReaction
from chatd.contract.room import Room, RoomResult
from chatd.domain.decision import Context, Decision, drop_none
from chatd.domain.emoji import qualified
from chatd.domain.event import Data, Fact, room_stream
from chatd.domain.files import attached
from chatd.domain.internal import (
    AddImported,
    AdmitMembers,
    DeleteImportedRoom,
    DismissMembers,
    EraseImported,
    ImportedChange,
    KnownMessage,
    MakeImportedDirectRoom,
)
from chatd.domain.room.reaction import MAX_PINS, MAX_REACTIONS, is_reaction
from chatd.domain.room.state import NO_SUCH_ROOM, MessageState, RoomState, fact
from chatd.domain.space.state import ON_HOLD, SpaceState

NO_REACTIONS: Final[Mapping[str, Collection[str]]] = {}


def _make_direct(
    state: RoomState, space: SpaceState, command: MakeImportedDirectRoom, context: Context
) -> Decision | Refusal:
    if state.deleted:
        return NO_SUCH_ROOM
    facts: list[Fact] = []
    if not state.exists:
        created = {"name": "", "kind": "direct", "private": True, "accounts": list(command.people)}
        at = context.at if command.created_at is None else min(command.created_at, context.at)
        facts.append(fact(state, "room.created", replace(context, at=at), created))
        coming = [one for one in command.people if one not in command.gone]
        for nth, account in enumerate(coming, 2):
            facts.append(fact(state, "member.joined", context, {"account": account}, nth=nth))
    return Decision(tuple(facts), lambda _: RoomResult(room=state.row(Room)))


def _admit(state: RoomState, space: SpaceState, command: AdmitMembers, context: Context) -> Decision:
    coming = [one for one in dict.fromkeys(command.accounts) if one not in state.members and space.role(one)]
    given = drop_none(imported=command.import_)
    return Decision(
        tuple(
            fact(state, "member.joined", context, space.room_join_data(account) | given, nth=nth)
            for nth, account in enumerate(coming, 1)
        )
    )


def _dismiss(state: RoomState, space: SpaceState, command: DismissMembers, context: Context) -> Decision:
    going = [account for account in dict.fromkeys(command.accounts) if account in state.members]
    return Decision(
        tuple(
            fact(state, "member.left", context, {"account": account, "imported": command.import_}, nth=nth)
            for nth, account in enumerate(going, 1)
        )
    )


class _Facts:
    """What an import adds to the room, fact by fact."""

    def __init__(self, state: RoomState, space: SpaceState, import_: str, now: int) -> None:
        self.facts: list[Fact] = []
        self.reactions = 0
        self.dropped = 0
        self._stream = room_stream(state.id)
        self._head = state.head
        self._pins = set(state.pins)
        self._space = space
        self._import = import_
        self.now = now

    def add(
        self,
        type_: str,
        at: int,
        by: str,
        data: Data,
        text: str | None = None,
        files: list[Data] | None = None,
    ) -> int:
        """Returns the seq of the fact."""
        seq = self._head + len(self.facts) + 1
        at = min(at, self.now)  # nobody has written later than now, whatever a file says
        self.facts.append(Fact(self._stream, seq, type_, at, by, data, text, files))
        return seq

    def edit(self, seq: int, at: int, by: str, text: str, named: Sequence[str] = ()) -> None:
        """Another version of a message; `named`: whom it mentions, which is news to nobody."""
        data: Data = {"seq": seq, "imported": self._import}
        if named:
            data["mentions"] = list(named)
        self.add("message.edited", at, by, data, text)

    def react(
        self,
        seq: int,
        at: int,
        reactions: Iterable[ImportReaction],
        there: Mapping[str, Collection[str]] = NO_REACTIONS,
    ) -> None:
        """Each once; those that the space has no emoji for, and more than a message takes, are dropped.
        `there`: what the message has by now, accounts by emoji."""
        done: dict[tuple[str, str], None] = {}
        different = set(there)
        for reaction in reactions:
            emoji = qualified(reaction.emoji)
            if (emoji, reaction.by) in done or reaction.by in there.get(emoji, ()):
                continue
            if not is_reaction(emoji, self._space) or (
                emoji not in different and len(different) >= MAX_REACTIONS
            ):
                self.dropped += 1
                continue
            different.add(emoji)
            done[emoji, reaction.by] = None
            self.add("reaction.added", at, reaction.by, {"seq": seq, "emoji": emoji})
        self.reactions += len(done)

    def pin(self, seq: int, at: int, by: str | None) -> None:
        if by is None or seq in self._pins:
            return
        if len(self._pins) >= MAX_PINS:
            self.dropped += 1
            return
        self._pins.add(seq)
        self.add("pin.added", at, by, {"seq": seq})


def _add(state: RoomState, space: SpaceState, command: AddImported, context: Context) -> Decision | Refusal:
    known: dict[str, KnownMessage] = dict(command.known)
    facts = _Facts(state, space, command.import_, context.at)
    missing_roots = 0
    for message in command.messages:
        files: list[Data] | None = None
        if message.attachments:
            found = attached(message.attachments, context)
            if isinstance(found, Refusal):
                return found
            files = [to_builtins(file) for file in found]
        answered = thread = None
        if message.thread is not None or message.reply_to is not None:
            answered, thread = _placed(message, known)
            missing_roots += answered is None
        named = _inside(state, command.mentions.get(message.key, ()))
        seq = _post(facts, command.import_, message, answered, thread, files, named)
        known[message.key] = KnownMessage(seq, thread)
    edited = deleted = unchanged = 0
    for change in command.changes:
        before = len(facts.facts)
        there = state.messages.get(change.seq)
        if there is not None and not there.deleted:
            _change(facts, change, there, _inside(state, change.mentions))
        said = {one.type for one in facts.facts[before:]}
        edited += "message.edited" in said
        deleted += "message.deleted" in said
        unchanged += not said  # members were faster, or it is dropped, as before
    result = ImportedMessages(
        added=len(command.messages),
        edited=edited,
        deleted=deleted,
        unchanged=unchanged,
        reactions=facts.reactions,
        dropped=facts.dropped,
        missing_roots=missing_roots,
        future=sum(message.at > context.at for message in command.messages),
    )
    return Decision(tuple(facts.facts), lambda _: result)


def _placed(
    message: ImportMessage, known: Mapping[str, KnownMessage]
) -> tuple[KnownMessage | None, int | None]:
    """The message that it answers, and the seq of its thread's root."""
    root = known.get(message.thread or "")
    answered = known.get(message.reply_to or message.thread or "") or root
    placed_in = root or answered
    return answered, None if placed_in is None else placed_in.thread or placed_in.seq


def _post(
    facts: _Facts,
    import_: str,
    message: ImportMessage,
    answered: KnownMessage | None,
    thread: int | None,
    files: list[Data] | None,
    named: list[str],
) -> int:
    """The message with all that is known of it; returns its seq."""
    text = message.versions[0].text if message.versions else message.text
    data: Data = {"imported": import_, "key": message.key}
    if answered is not None:
        data |= {"reply_to": answered.seq, "thread": thread}
    if message.attachments:
        data["attachments"] = message.attachments
    if named and not message.versions:
        data["mentions"] = named
    if message.edited_at is not None and not message.versions:
        data["edited_at"] = min(message.edited_at, facts.now)
    seq = facts.add("message.posted", message.at, message.by, data, text, files)
    if message.versions:
        for version in message.versions[1:]:
            facts.edit(seq, version.at, message.by, version.text)
        facts.edit(seq, message.edited_at or message.at, message.by, message.text, named)
    if message.deleted:
        facts.add("message.deleted", message.at, message.by, {"seq": seq, "author": message.by})
        return seq
    if message.reactions:
        facts.react(seq, message.at, message.reactions)
    facts.pin(seq, message.at, message.pinned_by)
    return seq


def _inside(state: RoomState, accounts: Sequence[str]) -> list[str]:
    return [one for one in accounts if one in state.members]


def _change(facts: _Facts, change: ImportedChange, message: MessageState, named: list[str]) -> None:
    if change.deleted:
        data = {"seq": change.seq, "author": change.by}
        facts.add("message.deleted", change.edited_at, change.by, data)
        return
    if change.text is not None and change.was == message.text:
        facts.edit(change.seq, change.edited_at, change.by, change.text, named)
    facts.react(change.seq, change.edited_at, change.reactions, message.reactions)
    facts.pin(change.seq, change.edited_at, change.pinned_by)


def _delete(
    state: RoomState, space: SpaceState, command: DeleteImportedRoom, context: Context
) -> Decision | Refusal:
    if state.hold or space.hold:
        return ON_HOLD
    data = {"reason": command.reason, "imported": command.import_}
    return Decision((fact(state, "room.deleted", context, data),))


def _erase(state: RoomState, space: SpaceState, command: EraseImported, context: Context) -> Decision:
    facts: list[Fact] = []
    for seq, key in command.messages:
        message = state.messages.get(seq)
        if message is not None and not message.deleted:
            data = {"seq": seq, "author": message.by, "key": key}
            facts.append(fact(state, "message.deleted", context, data, nth=len(facts) + 1))
    return Decision(tuple(facts))


DECIDERS: Final[Mapping[type[Any], Callable[[RoomState, SpaceState, Any, Context], Decision | Refusal]]] = {
    MakeImportedDirectRoom: _make_direct,
    AdmitMembers: _admit,
    DismissMembers: _dismiss,
    AddImported: _add,
    DeleteImportedRoom: _delete,
    EraseImported: _erase,
}

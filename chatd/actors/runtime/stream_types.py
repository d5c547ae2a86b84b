"""The stream types that have an actor: which state, which decider, how it is woken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import attrs
import msgspec

from chatd.contract.errors import Refusal
from chatd.contract.read import MarkRead
from chatd.domain import server
from chatd.domain.account import decide as account
from chatd.domain.account import state as account_state
from chatd.domain.decision import Context, Decision
from chatd.domain.event import Event, Fact, space_stream
from chatd.domain.room import decide as room
from chatd.domain.room import message
from chatd.domain.room import state as room_state
from chatd.domain.space import decide as space
from chatd.domain.space import state as space_state
from chatd.ports import Row

VERSION: Final = 11  # of what snapshots hold; those of another one are not used
State = Any  # AccountState | SpaceState | RoomState, each with `id`, `head`, `exists`


def _nothing(state: State, _: Any) -> None:
    pass


class StreamType(msgspec.Struct, frozen=True):
    """How one kind of stream lives.

    `parent` names the stream whose state its decider reads as well; `leaves` counts what such a parent's
    children take over in `sync_members`, and cannot take back. `needs_shared_spaces`: its decider must know
    who in it still shares a space (`chatd.actors.runtime.shared_spaces`). `messages_of` names the messages
    that a command is about, and so those that the state must know for the turn.
    """

    state: type[State]
    decide: Callable[[State, State, Any, Context], Decision | Refusal]
    apply: Callable[[State, Fact | Event], None]
    confirm: Callable[[State, Sequence[Event]], None] = _nothing
    parent: Callable[[State], str | None] = lambda state: None
    sync_members: Callable[[State, State], None] = _nothing
    leaves: Callable[[State], int] = lambda state: 0
    note: Callable[[State, Decision, Context], None] = lambda state, decision, context: None
    needs_shared_spaces: Callable[[State], bool] = lambda state: False
    messages_of: Callable[[Any], Sequence[int]] = lambda command: ()
    reads: type[Any] | None = None  # the command that moves a read marker
    remembers: int = 0  # recent posts that the state wants to know when it wakes
    transient: frozenset[str] = frozenset()  # fields that stay out of the snapshot

    def dump(self, state: State) -> bytes:
        names = (field.name for field in attrs.fields(self.state) if field.name not in self.transient)
        return msgspec.msgpack.encode((VERSION, {name: getattr(state, name) for name in names}))

    def restore(self, snapshot: bytes) -> State | None:
        """The state of a snapshot; None when an older chatd wrote it and it no longer fits."""
        try:
            version, state = msgspec.msgpack.decode(snapshot, type=tuple[int, self.state])  # type: ignore[name-defined]
        except msgspec.MsgspecError:
            return None
        return state if version == VERSION else None


STREAM_TYPES: Final[Mapping[str, StreamType]] = {
    "account": StreamType(
        account_state.AccountState,
        lambda state, _, command, context: account.decide(state, command, context),
        account.apply,
    ),
    "server": StreamType(
        server.ServerState,
        lambda state, _, command, context: server.decide(state, command, context),
        server.apply,
    ),
    "space": StreamType(
        space_state.SpaceState,
        lambda state, _, command, context: space.decide(state, command, context),
        space.apply,
        leaves=lambda state: int(state.leave_count),
        transient=space_state.TRANSIENT,
    ),
    "room": StreamType(
        room_state.RoomState,
        lambda state, around, command, context: room.decide(
            state, around or space_state.SpaceState(""), command, context
        ),
        room.apply,
        room.confirm,
        lambda state: space_stream(state.space) if state.space else None,
        room_state.sync_members,
        note=room.remember_unlogged,
        needs_shared_spaces=lambda state: state.direct and state.exists,
        messages_of=message.messages_of,
        reads=MarkRead,
        remembers=room_state.MAX_NONCES,
        transient=room_state.TRANSIENT,
    ),
}


def load_messages(state: room_state.RoomState, messages: Sequence[Row]) -> None:
    """Tells a room what it must know of the messages that its commands are about, and of no others."""
    state.messages = {}
    for row in messages:
        known = room_state.MessageState(
            row["by"],
            row["thread"],
            row["deleted"],
            row["text"],
            row["mentions"],
            versions=row["versions"],
            has_files=bool(row.get("attachments")),
        )
        for emoji, account_ in row["reactions"]:
            known.reactions.setdefault(emoji, set()).add(account_)
        state.messages[row["seq"]] = known


def remember(state: room_state.RoomState, posts: Sequence[Row]) -> None:
    """Tells a room what was posted with which nonce, oldest first."""
    for post in posts:
        content = None
        if post["text"] is not None:
            content = room_state.nonce_digest(post["text"], post["reply_to"], post.get("attachments"))
        posted = room_state.NonceRecord(post["seq"], post["at"], content, post["position"])
        state.remember_nonce(post["by"], post["nonce"], posted)

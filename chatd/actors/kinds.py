"""The three kinds of stream that have an actor: which state, which decider, how it is woken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import attrs
import msgspec

from chatd.domain import account, room, space
from chatd.domain.decision import Context, Decision
from chatd.domain.event import Event, Fact, space_stream
from chatd.domain.refusal import Refusal
from chatd.ports import Row

State = Any  # AccountState | SpaceState | RoomState, each with `id`, `head`, `exists`


def _nothing(state: State, events: Sequence[Event]) -> None:
    pass


@attrs.frozen
class Kind:
    """How one kind of stream lives. `beside` names the stream whose state its decider reads as well."""

    state: type[State]
    decide: Callable[[State, State, Any, Context], Decision | Refusal]
    apply: Callable[[State, Fact | Event], None]
    confirm: Callable[[State, Sequence[Event]], None] = _nothing
    beside: Callable[[State], str | None] = lambda state: None
    remembers: int = 0  # recent posts that the state wants to know when it wakes
    transient: frozenset[str] = frozenset()  # fields that stay out of the snapshot

    def dump(self, state: State) -> bytes:
        names = (field.name for field in attrs.fields(self.state) if field.name not in self.transient)
        return msgspec.msgpack.encode({name: getattr(state, name) for name in names})

    def restore(self, snapshot: bytes) -> State | None:
        """The state of a snapshot; None when an older chatd wrote it and it no longer fits."""
        try:
            return msgspec.msgpack.decode(snapshot, type=self.state)
        except msgspec.MsgspecError:
            return None


KINDS: Final[Mapping[str, Kind]] = {
    "account": Kind(
        account.AccountState,
        lambda state, _, command, context: account.decide(state, command, context),
        account.apply,
    ),
    "space": Kind(
        space.SpaceState,
        lambda state, _, command, context: space.decide(state, command, context),
        space.apply,
    ),
    "room": Kind(
        room.RoomState,
        lambda state, around, command, context: room.decide(
            state, around or space.SpaceState(""), command, context
        ),
        room.apply,
        room.confirm,
        lambda state: space_stream(state.space) if state.space else None,
        room.REMEMBERED,
        frozenset({"posted"}),
    ),
}


def remember(state: room.RoomState, posts: Sequence[Row]) -> None:
    """Tells a room what was posted with which nonce, oldest first."""
    for post in posts:
        content = None if post["text"] is None else room.content_of(post["text"], post["reply_to"])
        posted = room.Posted(post["seq"], post["at"], content, post["position"])
        state.remember(post["by"], post["nonce"], posted)

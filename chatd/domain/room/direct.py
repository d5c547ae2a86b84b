"""Direct rooms: the members identify the room. Nobody joins or leaves; the same people share one room."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from ulid import ULID

from chatd.contract.errors import Refusal
from chatd.contract.room import Room, RoomResult
from chatd.domain.decision import Context, Decision
from chatd.domain.event import Fact
from chatd.domain.internal import OpenDirectRoom
from chatd.domain.room.state import RoomState, fact
from chatd.domain.space.state import SpaceState

DIRECT_ROOM_CLOSED: Final = Refusal(
    "forbidden", "a direct room is only for the people it was opened with; open another one"
)


def direct_room(people: Sequence[str]) -> str:
    """The id of the room of these accounts, computed from their ids, so no lookup is needed."""
    return str(ULID.from_bytes(sha256("\n".join(sorted(people)).encode()).digest()[:16]))


def open_room(
    state: RoomState, space: SpaceState, command: OpenDirectRoom, context: Context
) -> Decision | Refusal:
    if state.exists:
        return Decision(answer=lambda _: RoomResult(room=state.row(Room)))
    created = {"name": "", "kind": "direct", "private": True}
    facts: list[Fact] = [fact(state, "room.created", context, created)]
    for account in command.people:
        facts.append(fact(state, "member.joined", context, {"account": account}, nth=len(facts) + 1))
    return Decision(tuple(facts), lambda _: RoomResult(room=state.row(Room)))

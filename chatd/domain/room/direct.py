"""Direct rooms: who is in them is what they are. Nobody comes or goes; the same people meet again there."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from ulid import ULID

from chatd.contract.errors import Refusal
from chatd.contract.room import Room, RoomResult
from chatd.domain.decision import Context, Decision
from chatd.domain.event import Fact
from chatd.domain.internal import OpenDirectRoom
from chatd.domain.room.state import RoomState, fact
from chatd.domain.space.state import SpaceState

CLOSED = Refusal("forbidden", "a direct room belongs to the people it was opened for; open another one")


def direct_room(people: Sequence[str]) -> str:
    """The id of these people's room: it follows from who they are, so nobody has to look it up."""
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

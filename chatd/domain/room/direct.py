"""Direct rooms: the people identify the room; the same people share one room.

`people` of a room's state are those whom it is for, `members` those among them who have joined. Who opens
the room joins it; the others join with the first message, if not before. What each of them makes of the room
for itself (a request accepted or declined, a room of two left) stands in the stream of its account, where the
others do not see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from chatd.contract.errors import Refusal
from chatd.contract.room import Room, RoomResult
from chatd.domain.decision import Context, Decision
from chatd.domain.event import Fact
from chatd.domain.internal import LeaveDirectRoom, OpenDirectRoom
from chatd.domain.room.state import NO_SUCH_ROOM, RoomState, fact
from chatd.domain.space.state import SpaceState
from chatd.domain.ulid import ulid

DIRECT_ROOM_CLOSED: Final = Refusal(
    "forbidden", "a direct room is only for the people it was opened with; open another one"
)
USE_DIRECT_LEAVE: Final = Refusal("forbidden", "use direct.leave to leave a direct room")
PAIR: Final = 2  # people; a room of more is left for all to see


def direct_room(people: Sequence[str], nth: int = 0) -> str:
    """The id of the room of these accounts, computed from their ids, so no lookup is needed. `nth`: how many
    rooms of theirs were deleted before it."""
    named = "\n".join([*sorted(people), *([str(nth)] if nth else [])])
    return ulid(int.from_bytes(sha256(named.encode()).digest()[:16], "big"))


def open_room(
    state: RoomState, space: SpaceState, command: OpenDirectRoom, context: Context
) -> Decision | Refusal:
    facts: list[Fact] = []
    if not state.exists:
        created = {"name": "", "kind": "direct", "private": True, "accounts": list(command.people)}
        facts.append(fact(state, "room.created", context, created))
    if context.by not in state.members:
        facts.append(fact(state, "member.joined", context, {"account": context.by}, nth=len(facts) + 1))
    return Decision(tuple(facts), lambda _: RoomResult(room=state.row(Room)))


def absent(state: RoomState) -> list[str]:
    """Those of its people who are not in the room yet: they join it with the next message."""
    return sorted(state.people - state.members.keys() - state.gone)


def joining(state: RoomState, context: Context, accounts: Sequence[str]) -> list[Fact]:
    """The facts before a message: `accounts` join the room."""
    return [
        fact(state, "member.joined", context, {"account": account}, nth=nth)
        for nth, account in enumerate(accounts, 1)
    ]


def leave(
    state: RoomState, space: SpaceState, command: LeaveDirectRoom, context: Context
) -> Decision | Refusal:
    if context.by not in state.members:
        return NO_SUCH_ROOM
    leaving = [context.by, *(bot for bot in command.bots if bot in state.people)]
    return Decision(
        tuple(
            fact(state, "member.left", context, {"account": account}, nth=nth)
            for nth, account in enumerate(leaving, 1)
        )
    )

"""How soon an account may be heard again in a room: slow mode, of the room and of a locked space.

While the space is locked, changing a message, reacting and pinning wait as posting does, and count like it.
"""

from __future__ import annotations

from typing import Final

from chatd.contract.errors import Refusal
from chatd.domain.decision import Context
from chatd.domain.policy.access import holds
from chatd.domain.room.state import RoomState
from chatd.domain.space.state import SpaceState

LOCKED_PACE: Final = 30  # seconds, at least, while the space is locked


def too_soon(state: RoomState, space: SpaceState, context: Context, posting: bool = True) -> Refusal | None:
    """Why the asker has to wait still, if that is so."""
    if not (posting or space.locked) or context.by not in state.spoke:
        return None
    seconds = max(state.slow_mode, LOCKED_PACE) if space.locked else state.slow_mode
    left = state.spoke[context.by] + seconds * 1000 - context.at
    if left <= 0 or holds(state, space, context, "message.hurry"):
        return None
    wait, what = left / 1000, "space is locked and" if space.locked else "room is"
    message = f"the {what} in slow mode; try again in {wait:.1f} s"
    return Refusal("rate_limited", message, {"retry_after": wait})


def note(state: RoomState, context: Context) -> None:
    """Keeps who was heard when."""
    if len(state.spoke) > len(state.members):
        state.spoke.clear()
    state.spoke[context.by] = context.at

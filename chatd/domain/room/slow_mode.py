"""Slow mode: the least time between two posts of an account in a room.

While the space is locked, slow mode also applies to editing, reacting and pinning, and these count as posts.
"""

from __future__ import annotations

from typing import Final

from chatd.contract.errors import Refusal
from chatd.domain.decision import Context
from chatd.domain.policy.access import holds
from chatd.domain.room.state import RoomState
from chatd.domain.space.state import SpaceState

LOCKED_INTERVAL: Final = 30  # seconds; the minimum while the space is locked


def slow_mode_refusal(
    state: RoomState, space: SpaceState, context: Context, posting: bool = True
) -> Refusal | None:
    """The refusal when the caller must still wait. `posting`: the command posts a message."""
    if not (posting or space.locked) or context.by not in state.last_post_at:
        return None
    seconds = max(state.slow_mode, LOCKED_INTERVAL) if space.locked else state.slow_mode
    left = state.last_post_at[context.by] + seconds * 1000 - context.at
    if left <= 0 or holds(state, space, context, "message.hurry"):
        return None
    wait, what = left / 1000, "space is locked and" if space.locked else "room is"
    message = f"the {what} in slow mode; try again in {wait:.1f} s"
    return Refusal("rate_limited", message, {"retry_after": wait})


def record_post(state: RoomState, context: Context) -> None:
    """Remembers when the account last did something that counts for slow mode."""
    if len(state.last_post_at) > len(state.members):
        state.last_post_at.clear()
    state.last_post_at[context.by] = context.at

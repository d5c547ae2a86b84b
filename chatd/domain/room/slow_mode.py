"""Slow mode: the least time between two posts of a person in a room; the posts of their bots are theirs.

While the space is locked, slow mode also applies to editing, reacting and pinning, and these count as posts.
Who wrote when is part of the room's state and made from its facts, so it outlives the room's actor.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from chatd.contract.errors import Refusal
from chatd.contract.fields import MAX_SLOW_MODE
from chatd.domain.decision import SET_BACK, Context
from chatd.domain.event import Event, Fact
from chatd.domain.policy.access import holds
from chatd.domain.room.state import RoomState
from chatd.domain.space.state import SpaceState

LOCKED_INTERVAL: Final = 30  # seconds; the minimum while the space is locked
_ACTS: Final = frozenset({"message.edited", "reaction.added", "pin.added"})


def slow_mode_refusal(
    state: RoomState, space: SpaceState, context: Context, posting: bool = True
) -> Refusal | None:
    """The refusal when the caller must still wait. `posting`: the command posts a message."""
    seconds = max(state.slow_mode, LOCKED_INTERVAL) if space.locked else state.slow_mode
    if not seconds or not (posting or space.locked):
        return None
    # what is much later than now was written before the clock was set back: nobody waits for that
    before = (at for at in _written_at(state, space, context.by) if at - context.at < SET_BACK)
    written = [min(at, context.at) for at in before]
    left = max(written, default=-seconds * 1000) + seconds * 1000 - context.at
    if left <= 0 or holds(state, space, context, "message.hurry"):
        return None
    wait, what = left / 1000, "space is locked and" if space.locked else "room is"
    message = f"the {what} in slow mode; try again in {wait:.1f} s"
    return Refusal("rate_limited", message, {"retry_after": wait})


def _written_at(state: RoomState, space: SpaceState, account: str) -> Iterator[int]:
    """When the person behind the account wrote last, with each of their accounts: Unix milliseconds."""
    for own in space.accounts_of_person(account):
        if (at := state.posted_at.get(own)) is not None:
            yield at
        if space.locked and (at := state.acted_at.get(own)) is not None and at >= space.locked_at:
            yield at


def apply(state: RoomState, event: Fact | Event) -> None:
    """Remembers whose fact it is, if it is one that slow mode is about. What an import brings was not written
    here, and has times of long ago."""
    if "imported" in event.data:
        return
    if event.type == "message.posted":
        _remember(state.posted_at, event)
    elif event.type in _ACTS:
        _remember(state.acted_at, event)


def _remember(newest: dict[str, int], event: Fact | Event) -> None:
    """Forgets up to two that no longer matter, so there are never many more than have written lately."""
    newest.pop(event.by, None)
    for _ in range(2):
        account, at = next(iter(newest.items()), ("", event.at))
        if event.at - MAX_SLOW_MODE * 1000 <= at < event.at + SET_BACK:
            break
        del newest[account]
    newest[event.by] = event.at

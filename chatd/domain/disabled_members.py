"""Members who are disabled: what spaces and direct rooms decide when an account is shut out or let in again.

An account is disabled by a fact of its own stream, which nobody else reads. So each of its spaces and direct
rooms says it in a fact of its own, to those who are in there. Each command may be repeated and then does
nothing.
"""

from __future__ import annotations

from typing import Any, Final

from chatd.contract.errors import Refusal
from chatd.domain.decision import Context, Decision
from chatd.domain.event import Event, Fact
from chatd.domain.internal import NoteDisabled
from chatd.domain.room.state import RoomState
from chatd.domain.room.state import fact as room_fact
from chatd.domain.space.state import SpaceState
from chatd.domain.space.state import fact as space_fact

DISABLED: Final = "member.disabled"
ENABLED: Final = "member.enabled"


# --- decide -------------------------------------------------------------------------------------------


def note_in_space(state: SpaceState, command: NoteDisabled, context: Context) -> Decision | Refusal:
    type_ = _change(state, command)
    return Decision() if type_ is None else Decision((space_fact(state, type_, context, _data(command)),))


def note_in_room(
    state: RoomState, space: SpaceState, command: NoteDisabled, context: Context
) -> Decision | Refusal:
    type_ = _change(state, command) if state.direct else None
    return Decision() if type_ is None else Decision((room_fact(state, type_, context, _data(command)),))


def _change(state: SpaceState | RoomState, command: NoteDisabled) -> str | None:
    """The type of the fact; None where the place knows it already, or does not know the account."""
    known = command.account in state.disabled
    if command.account not in state.members or known is command.disabled:
        return None
    return DISABLED if command.disabled else ENABLED


def _data(command: NoteDisabled) -> dict[str, Any]:
    return {"account": command.account}


# --- apply --------------------------------------------------------------------------------------------


def apply(state: SpaceState | RoomState, event: Fact | Event) -> None:
    """Applies a fact about a member to the state of its space or direct room."""
    if event.type == DISABLED:
        state.disabled.add(event.data["account"])
    elif event.type in (ENABLED, "member.left", "member.kicked", "member.banned"):
        state.disabled.discard(event.data["account"])

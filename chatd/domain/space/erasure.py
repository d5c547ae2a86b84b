"""Orders to erase all that an account wrote in a space: given, taken back, lapsed, carried out.

Rooms are not asked here: a worker goes through them when the time has come.
"""

from __future__ import annotations

from typing import Final

from chatd.contract.erasure import CancelErasure
from chatd.contract.errors import Refusal
from chatd.contract.fields import Right
from chatd.domain.decision import Context, Decision, drop_none
from chatd.domain.event import Event, Fact
from chatd.domain.internal import FinishErasure, LapseErasure, OrderErasure
from chatd.domain.space.moderation import Deciders, check_target, needs_role
from chatd.domain.space.state import NO_SUCH_SPACE, ErasureState, SpaceState, fact, holds, visible

RIGHT: Final[Right] = "member.erase_messages"
ORDERED_ALREADY: Final = Refusal(
    "conflict", "this account's messages are about to be erased already (erasure.list); cancel that first"
)


def refuse_erasure(state: SpaceState, account: str, context: Context) -> Refusal | None:
    """The refusal when the caller may not have the account's messages erased."""
    return check_target(state, context, account, RIGHT, "erasing somebody's messages")


def _order(state: SpaceState, command: OrderErasure, context: Context) -> Decision | Refusal:
    if refusal := refuse_erasure(state, command.account, context):
        return refusal
    if command.account in state.erasures:
        return ORDERED_ALREADY
    data = {"account": command.account, "due_at": command.due_at, **drop_none(reason=command.reason)}
    return Decision((fact(state, "member.erasure_ordered", context, data),))


def _cancel(state: SpaceState, command: CancelErasure, context: Context) -> Decision | Refusal:
    if not visible(state, context):
        return NO_SUCH_SPACE
    if not holds(state, context, RIGHT):
        return needs_role(RIGHT, "keeping somebody's messages")
    if command.account not in state.erasures:
        return Decision()
    return _end(state, command.account, command.reason, context)


def _lapse(state: SpaceState, command: LapseErasure, context: Context) -> Decision:
    if state.ordered_erasure(command.account, command.due_at) is None:
        return Decision()
    return _end(state, command.account, command.reason, context)


def _end(state: SpaceState, account: str, reason: str | None, context: Context) -> Decision:
    data = {"account": account, **drop_none(reason=reason)}
    return Decision((fact(state, "member.erasure_cancelled", context, data),))


def _finish(state: SpaceState, command: FinishErasure, context: Context) -> Decision:
    order = state.ordered_erasure(command.account, command.due_at)
    if order is None:
        return Decision()
    data = {"account": command.account, **drop_none(reason=order.reason)}
    return Decision((fact(state, "member.messages_erased", context, data),))


DECIDERS: Final[Deciders] = {
    OrderErasure: _order,
    CancelErasure: _cancel,
    LapseErasure: _lapse,
    FinishErasure: _finish,
}


def apply(state: SpaceState, event: Fact | Event) -> None:
    """Applies a fact about such an order to the space's state."""
    data = event.data
    match event.type:
        case "member.erasure_ordered":
            state.erasures[data["account"]] = ErasureState(event.by, data["due_at"], data.get("reason"))
        case "member.erasure_cancelled" | "member.messages_erased":
            state.erasures.pop(data["account"], None)

"""A command on its way to the actor that decides it, with the way back for the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct

from chatd.contract.errors import Refusal
from chatd.current.request import CurrentRequest
from chatd.domain.decision import Context
from chatd.ports import (
    Condition,
    StoreBusy,
    StoreMisplaced,
    StoreStopping,
    StoreUnavailable,
    StoreUncertain,
    Write,
)

Answer = object  # a result of the contract, or a Refusal
Reply = Callable[[Answer], None]  # never waits, never raises

UNAVAILABLE: Final = Refusal(
    "unavailable", "the server cannot store this now; nothing was changed, try again"
)
OVERLOADED: Final = Refusal(
    "overloaded",
    "too many of your requests wait for the store; wait for their answers, then try again in a few seconds",
)
MISPLACED: Final = Refusal(
    "unavailable",
    "the server's database file is not where it belongs, so nothing can be stored; ask the people who run"
    " this server",
)
UNSETTLED: Final = Refusal(  # for what is done once however often it is asked for
    "unavailable", "the server could not store this in time; send it again with the same nonce"
)
UNCERTAIN: Final = Refusal(
    "uncertain",
    "the server could not find out in time whether this was stored; look if it was before you try again",
)
STOPPING: Final = Refusal("unavailable", "the server is going away; reconnect and try again")
STALE: Final = Refusal("conflict", "somebody changed this at the same time; look again, then try again")
TOO_LONG: Final = Refusal("too_large", "this is more than the server can store at once; ask for less at once")
BROKEN: Final = Refusal("internal", "something went wrong in the server; its log says what")


def unavailable(error: StoreUnavailable) -> Refusal:
    """What whoever asked is told: the store is at fault, or as much of theirs waits as may."""
    match error:
        case StoreBusy():
            return OVERLOADED
        case StoreMisplaced():
            return MISPLACED
        case StoreStopping():
            return STOPPING
        case StoreUncertain():
            return UNCERTAIN
    return UNAVAILABLE


def unsettled(answer: Answer) -> bool:
    """Whether store or other node did not do it, or only perhaps: who does nothing twice asks again."""
    return isinstance(answer, Refusal) and answer.code in ("unavailable", "uncertain")


class Envelope(Struct, frozen=True, eq=False):
    """`writes` are stored with the facts of the decision, if it makes any, and all of that only while the
    conditions hold: otherwise nothing is changed and the answer is `STALE`. `asked`: what it comes from."""

    command: Any
    context: Context
    reply: Reply
    writes: tuple[Write, ...] = ()
    conditions: tuple[Condition, ...] = ()
    asked: CurrentRequest | None = None

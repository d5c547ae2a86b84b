"""What a decider returns: facts to log and an answer, or a refusal."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct

from chatd.contract.file import FileInfo
from chatd.contract.quota import Quotas
from chatd.contract.spec import DONE, Done
from chatd.domain.event import Event, Fact

NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})
NO_FILES: Final[Mapping[str, FileInfo]] = MappingProxyType({})
# Milliseconds by which the clock must be behind a time to be taken for set back. The clocks of two nodes that
# serve may be so far apart (`chatd.cluster.clocks`), and commands come with the time of either.
SET_BACK: Final = 120_000

Answer = Callable[[Sequence[Event]], object]  # a result of the contract


def _done(_: Sequence[Event]) -> Done:
    return DONE


class Context(Struct, frozen=True):
    """Who gives a command and when, and a fresh id in case the command creates something.

    `by` is an account id, `operator:<uid>` or `system`; `at` is Unix milliseconds. `mentions` are
    what the command's text mentions, as `mention_candidates` gives it; `names` maps the name keys in there to
    account ids; `present` are the accounts that are online, if the text asks for them; `quotas` bind the
    caller, unless None; `files` are those that the command names, by id, as far as the caller may read them.
    """

    by: str
    at: int
    operator: bool = False
    new_id: str = ""
    mentions: Sequence[tuple[str, ...]] = ()
    names: Mapping[str, str] = NO_NAMES
    present: Collection[str] = ()
    quotas: Quotas | None = None
    files: Mapping[str, FileInfo] = NO_FILES


class Signal(Struct, frozen=True):
    """A message to the stream's subscribers other than the caller; it is not logged."""

    name: str
    payload: object  # of the signal's type in `chatd.contract.signals`


class Decision(Struct, frozen=True):
    """Facts to be logged in one transaction, and the answer, made from the events that they become.

    `read` moves the caller's read marker to a seq; it is stored, but not logged as a fact. `shown`: others
    may be told. `forgets_marker`: the caller's marker was moved elsewhere and must be looked up.
    """

    facts: tuple[Fact, ...] = ()
    answer: Answer = _done
    read: int | None = None
    shown: bool = True
    forgets_marker: bool = False
    signal: Signal | None = None


def drop_none(**fields: Any) -> dict[str, Any]:
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None}

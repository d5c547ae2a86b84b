"""What a decider gives back: facts to log and an answer, or a refusal."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import attrs

from chatd.contract.spec import DONE, Done
from chatd.domain.event import Event, Fact

NOBODY: Final[Mapping[str, str]] = MappingProxyType({})

Answer = Callable[[Sequence[Event]], object]  # a result of the contract


def _done(_: Sequence[Event]) -> Done:
    return DONE


@attrs.frozen(slots=True)
class Context:
    """Who asks, when, and an id that nobody else has, should the command make something.

    `by` is an account id, `operator:<uid>` or `system`; `at` is Unix milliseconds. `names` leads from the
    keys of names that a text mentions to account ids; `present` are the accounts that are here now.
    """

    by: str
    at: int
    operator: bool = False
    new_id: str = ""
    names: Mapping[str, str] = NOBODY
    present: Collection[str] = ()


@attrs.frozen(slots=True)
class Signal:
    """News for the stream's listeners other than the asker that nobody keeps."""

    name: str
    payload: object  # of the signal's type in `chatd.contract.signals`


@attrs.frozen(slots=True)
class Decision:
    """Facts to be logged together, then the answer made from the events that they became.

    `read` moves the asker's read marker to a seq: durable, but no fact. `heard`: it counts for slow mode.
    """

    facts: tuple[Fact, ...] = ()
    answer: Answer = _done
    read: int | None = None
    signal: Signal | None = None
    heard: bool = False


def drop_none(**fields: Any) -> dict[str, Any]:
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None}

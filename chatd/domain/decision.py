"""What a decider gives back: facts to log and an answer, or a refusal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import attrs

from chatd.domain.event import Event, Fact

Answer = Callable[[Sequence[Event]], dict[str, Any]]


def _nothing(_: Sequence[Event]) -> dict[str, Any]:
    return {}


@attrs.frozen(slots=True)
class Context:
    """Who asks, when, and an id that nobody else has, should the command make something.

    `by` is an account id, `operator:<uid>` or `system`; `at` is Unix milliseconds.
    """

    by: str
    at: int
    operator: bool = False
    new_id: str = ""


@attrs.frozen(slots=True)
class Decision:
    """Facts to be logged together, then the answer made from the events that they became.

    `read` moves the asker's read marker to a seq: durable, but no fact.
    """

    facts: tuple[Fact, ...] = ()
    answer: Answer = _nothing
    read: int | None = None


def given(**fields: Any) -> dict[str, Any]:
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None}

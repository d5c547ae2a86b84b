"""How long a target is fuzzed, and what each input must hold to.

The environment says how much: `FUZZ_INPUTS` for each target, or `FUZZ_SECONDS`; whichever lasts
longer. Hypothesis draws something valid and a seed; the mutants of it count as inputs, and so does itself.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from bounds import BROKEN_INPUT_TIME, REFUSAL_LENGTH
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from chatd.contract.errors import Refusal

T = TypeVar("T")
Input = TypeVar("Input")

SECONDS: Final = float(os.environ.get("FUZZ_SECONDS", "1"))  # the night has more (`make fuzz`)
INPUTS: Final = int(os.environ.get("FUZZ_INPUTS", "0"))
MOST_SECONDS: Final = BROKEN_INPUT_TIME.most  # CPU time for one input; the largest have some hundred KiB
MOST_CHARACTERS: Final = REFUSAL_LENGTH.most  # of what a refused peer, or an admin, is told
EXAMPLES: Final = 100  # between two looks at the clock


def fuzz(
    drawn: SearchStrategy[T], inputs: Callable[[T], Iterable[Input]], check: Callable[[Input], None]
) -> int:
    """Gives `check` all inputs made of what is drawn until the budget is spent; returns how many."""
    count = 0

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.reuse, Phase.generate, Phase.shrink),
    )
    @given(drawn)
    def attack(one: T) -> None:
        nonlocal count
        for input_ in inputs(one):
            count += 1
            _in_time(check, input_)

    ends = time.monotonic() + SECONDS
    while count < INPUTS or time.monotonic() < ends:
        attack()
    return count


def _in_time(check: Callable[[Input], None], input_: Input) -> None:
    """A pause of the machine or of the garbage collector is not the input's: only a second time counts."""
    took = _seconds(check, input_)
    if took > MOST_SECONDS:
        took = min(_seconds(check, input_) for _ in range(3))
    assert took <= MOST_SECONDS, f"{took:.2f} s for {str(input_)[:200]!r}"


def _seconds(check: Callable[[Input], None], input_: Input) -> float:
    start = time.thread_time()
    check(input_)
    return time.thread_time() - start


def check_refusal(refusal: Refusal) -> None:
    """A refusal is told in one short sentence that any wire format can carry."""
    check_sentence(refusal.message)


def check_sentence(text: str) -> None:
    assert text.strip(), "nothing is said"
    assert len(text) < MOST_CHARACTERS, f"{len(text)} characters: {text[:200]!r}…"
    text.encode()

"""Rounds in turns: every side, round after round, because the machine's speed drifts within minutes.

What is compared was measured in one round, side by side; the table shows the median of the rounds and how far
they lie apart.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence

import attrs

from bench.figure import Figure, Target
from bench.load import Reading
from bench.setting import OURS, RIVAL, SETTLED, Setting, Side

Value = Callable[[Reading], float]
Measure = Callable[[Side], Reading]


@attrs.frozen
class Rounds:
    """One reading of each side for each round. `beside` names whose `theirs` are, if there are any."""

    ours: list[Reading]
    theirs: list[Reading]
    beside: str | None

    @property
    def rivalled(self) -> bool:
        return self.beside == RIVAL

    def figure(self, title: str, name: str, unit: str, of: Value, target: Target | None = None) -> Figure:
        """The medians of what `of` gives, as one line of the table."""
        values = [of(reading) for reading in self.ours]
        theirs = statistics.median(map(of, self.theirs)) if self.theirs else None
        return Figure(title, name, unit, statistics.median(values), theirs, target, spread(values))

    def times(self, title: str, name: str, of: Value, target: Target) -> list[Figure]:
        """How many times the rival's value chatd's is: the median of the ratios of the rounds. Nothing
        without a rival."""
        return [ratio(title, name, of, self.ours, self.theirs, target)] if self.rivalled else []


def ratio(
    title: str, name: str, of: Value, some: Sequence[Reading], others: Sequence[Reading], target: Target
) -> Figure:
    """How many times the value of `others` that of `some` is; the n-th of both belong together."""
    ratios = [of(one) / of(other) for one, other in zip(some, others, strict=True)]
    return Figure(title, name, "x", statistics.median(ratios), target=target, spread=spread(ratios))


def spread(values: Sequence[float]) -> tuple[float, float] | None:
    """The lowest and the highest, if there is more than one."""
    return (min(values), max(values)) if len(values) > 1 else None


def in_turns(setting: Setting, sides: list[Side], measure: Measure) -> Rounds:
    """Measures every side, round after round."""
    return each_in_turns(setting, sides, {"": measure})[""]


def each_in_turns(setting: Setting, sides: list[Side], measures: Mapping[str, Measure]) -> dict[str, Rounds]:
    """The same for several measures that are to be compared with each other, by name: in every other round
    they go backwards, so that a drift of the machine weighs on all alike."""
    taken: dict[tuple[str, str], list[Reading]] = {
        (name, side.name): [] for name in measures for side in sides
    }
    for number in range(setting.plan.rounds):
        for name in list(measures)[:: -1 if number % 2 else 1]:
            for side in sides:
                taken[name, side.name].append(measures[name](side))
                setting.receiver.until_quiet(SETTLED)
    beside = next((side.name for side in sides if side.name != OURS), None)
    return {
        name: Rounds(taken[name, OURS], taken[name, beside] if beside else [], beside) for name in measures
    }

"""A histogram that is counted where things happen: one look for the bucket, two additions."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

# Seconds, from an answer out of memory to one for which somebody gives up.
LATENCIES: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Histogram:
    """How many values were at most each bound, and beyond the last; and their sum."""

    __slots__ = ("_bounds", "_buckets", "sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        """`bounds`: ascending."""
        self._bounds = bounds
        self._buckets = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def add(self, value: float) -> None:
        self._buckets[bisect_left(self._bounds, value)] += 1
        self.sum += value

    @property
    def count(self) -> int:
        return sum(self._buckets)

    def cumulated(self) -> Iterator[tuple[str, int]]:
        """Each bound as a text, with the number of values that were at most that; the last is `+Inf`
        (OpenMetrics, "Histogram")."""
        found = 0
        for bound, count in zip((*map(str, self._bounds), "+Inf"), self._buckets, strict=True):
            found += count
            yield bound, found

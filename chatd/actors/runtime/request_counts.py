"""What became of requests, by name: how many were done or refused, and how long they took.

Sessions and the desk count; `/metrics` collects. Time runs from the reading of the frame to the answer.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from chatd.actors.runtime.histogram import LATENCIES, Histogram
from chatd.contract.errors import Code, Refusal
from chatd.contract.requests import REQUESTS

DONE: Final = "done"  # the outcome of what was not refused


class RequestCount:
    """Of one command or query. `took`: seconds, of those that were refused too."""

    __slots__ = ("done", "kind", "refused", "took")

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.done = 0
        self.refused: Counter[Code] = Counter()
        self.took = Histogram(LATENCIES)


class RequestCounts:
    """One for the server. Its rows are those of the contract, so that nobody can make more of them."""

    def __init__(self) -> None:
        self.rows = {row.name: RequestCount(row.kind) for row in REQUESTS.values()}

    def count(self, name: str, seconds: float, answer: object) -> None:
        row = self.rows[name]
        row.took.add(seconds)
        if isinstance(answer, Refusal):
            row.refused[answer.code] += 1
        else:
            row.done += 1

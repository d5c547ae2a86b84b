"""What became of HTTP requests: counted by route, method and status, never by the path that somebody sent."""

from __future__ import annotations

from collections import Counter
from typing import Final

from chatd.actors.runtime.histogram import LATENCIES, Histogram

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER: Final = "other"  # a method that is not among these: there are as many as people can think of
NO_ROUTE: Final = "none"  # of what no route is for


class HttpCounts:
    """One for the server. `took`: seconds from the head of the request to that of the response, by route.

    `refused`: requests that no application answered, by status. `received`, `sent`: bytes of bodies."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str, int]] = Counter()  # by method, route, status
        self.took: dict[str, Histogram] = {}
        self.refused: Counter[int] = Counter()
        self.received = self.sent = 0

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        self.requests[method if method in METHODS else OTHER, route, status] += 1
        took = self.took.get(route)
        if took is None:
            took = self.took[route] = Histogram(LATENCIES)
        took.add(seconds)

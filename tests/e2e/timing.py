"""Whether several requests take the same time, whoever else is at work on the machine."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from .serving import Server

Clock = Callable[[], float]
HELD_UP = 8  # times as long as the server works, a busy machine may make somebody wait


def waiting(server: Server) -> Clock:
    """Begins to count the seconds that somebody waits for the server. What it works meanwhile counts whole,
    time on the wall less: other programs make that longer.
    """
    worked, begun = server.cpu_seconds(), time.monotonic()
    return lambda: max(server.cpu_seconds() - worked, (time.monotonic() - begun) / HELD_UP)


def alike(
    asks: list[Callable[[], object]], tries: int, apart: float, clock: Clock = time.perf_counter
) -> bool:
    """Whether their medians differ by at most this share. Other work may spoil a look, so there are three:
    what truly takes longer does so each time. `Server.cpu_seconds` is a clock that other work hardly moves.
    """
    for _ in range(3):
        found = medians(asks, tries, clock)
        if max(found) - min(found) <= apart * max(found):
            return True
    return False


def medians(asks: list[Callable[[], object]], tries: int, clock: Clock) -> list[float]:
    """Seconds of the clock. Asked in turns, so that whatever else the machine does weighs on all."""
    took: list[list[float]] = [[] for _ in asks]
    for ask in asks:
        ask()
    for number in range(tries):
        for which in range(len(asks)) if number % 2 else reversed(range(len(asks))):
            begun = clock()
            asks[which]()
            took[which].append(clock() - begun)
    return [statistics.median(times) for times in took]

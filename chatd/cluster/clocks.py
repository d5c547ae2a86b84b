"""Whether the clock of this node shows what those of most nodes show: who is hours off would date what people
say wrongly, let nobody in, and erase what is still to be there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from chatd.clock import now
from chatd.cluster.heartbeats import Heard

APART: Final = 60_000  # milliseconds
WRONG_CLOCK: Final = (
    f"the clock of this machine is more than {APART // 1000} s before or behind those of most nodes; have it"
    " follow NTP; it goes on by itself"
)


def earliest(others: Iterable[Heard]) -> int:
    """Unix milliseconds: what the clock that is behind all others shows, of the nodes that serve. What
    cannot be taken back waits for it, since of two nodes nobody knows which one is right."""
    return now() + min(
        [0, *(heard.ahead for heard in others if heard.heartbeat.at and heard.heartbeat.serving)]
    )


def is_odd(others: Iterable[Heard]) -> bool:
    """Whether it is this node's clock that is wrong: that in the middle of all is another one, far off. Of
    two nodes nobody knows which one is right."""
    clocks = sorted([0, *(heard.ahead for heard in others if heard.heartbeat.at)])
    middle = clocks[(len(clocks) - 1) // 2], clocks[len(clocks) // 2]
    return min(map(abs, middle)) > APART

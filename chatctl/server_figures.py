"""Figures of a server in words, as `server status` and `server top` show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from chatctl.output import duration

if TYPE_CHECKING:
    from chatd.contract.errors import Code
    from chatd.contract.server import ServerStatus, ServerTop


def refused_frames(refused: Mapping[Code, int]) -> str:
    return ", ".join(f"{count} {code}" for code, count in refused.items()) or "none"


def clock_steps(answer: ServerStatus | ServerTop) -> str:
    step = answer.last_clock_step
    if step is None:
        return "0"
    return f"{answer.clock_steps}, the last time {duration(abs(step))} {'back' if step < 0 else 'ahead'}"

"""What goes wrong in the small is counted by its reason: refused frames, lost log lines, clock steps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import ended_well
from .scraping import scraped
from .talking import Client, Frame
from .test_clock import DAY, Shifted, wait_for_line
from .town import Town

KINDS = ("refused", "log_lines_lost", "clock_steps", "last_clock_step")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Shifted]:
    server = Shifted(tmp_path / "data")
    server.start()
    try:
        yield server
        ended_well(server)
    finally:
        server.kill()


def metrics(server: Shifted) -> dict[str, float]:
    body = scraped(server)
    found = re.findall(rb"^([a-z_]+(?:\{[^}]*\})?) (\S+)$", body, re.MULTILINE)
    return {name.decode(): float(value) for name, value in found}


def counted(operator: Client, where: str) -> Frame:
    answer: dict[str, Any] = operator.ask(where)
    return {name: answer[name] for name in KINDS}


def test_refusals_and_steps_of_the_clock_are_counted_by_reason(server: Shifted) -> None:
    town = Town(server)
    operator = town.operator
    assert counted(operator, "server.status") == dict(zip(KINDS, ({}, 0, 0, None), strict=True))
    stranger = town.dial()
    for _ in range(3):
        assert stranger.refusal("space.list")["code"] == "unauthenticated"
    ann = town.open(town.owner)
    assert ann.refusal("room.get", room="nowhere")["code"] == "not_found"
    server.set(DAY)
    wait_for_line(server, "clock_went_ahead")
    server.set(DAY - 100)
    wait_for_line(server, "clock_went_back")
    for where in ("server.status", "server.top"):
        found = counted(operator, where)
        assert found["refused"] == {"unauthenticated": 3, "not_found": 1}
        assert found["clock_steps"] == 2
        assert found["last_clock_step"] == pytest.approx(-100, abs=5)
        assert found["log_lines_lost"] == 0
    shown = metrics(server)
    assert shown['chatd_refused_frames_total{code="unauthenticated"}'] == 3
    assert shown['chatd_refused_frames_total{code="rate_limited"}'] == 0, "a rate needs a beginning"
    assert shown["chatd_clock_steps_total"] == 2
    assert shown["chatd_last_clock_step_seconds"] == pytest.approx(-100, abs=5)
    assert shown["chatd_log_lines_lost_total"] == 0
    town.close()

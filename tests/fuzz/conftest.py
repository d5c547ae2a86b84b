"""Counts the inputs of all targets and prints their sum."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from .budget import fuzz

INPUTS = "fuzz inputs"


@pytest.fixture
def attack(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """`budget.fuzz`, with the number of inputs kept for the summary."""

    def run(drawn: Any, inputs: Callable[[Any], Iterable[Any]], check: Callable[[Any], None]) -> None:
        record_property(INPUTS, fuzz(drawn, inputs, check))

    return run


def pytest_terminal_summary(terminalreporter: Any) -> None:
    counts = {
        report.nodeid.rpartition("::")[2]: number
        for report in terminalreporter.stats.get("passed", ())
        for name, number in report.user_properties
        if name == INPUTS
    }
    if counts:
        terminalreporter.section("fuzzing")
        for test, number in counts.items():
            terminalreporter.write_line(f"{number:>12,}  {test}")
        terminalreporter.write_line(f"{sum(counts.values()):>12,}  inputs in all")

"""Figures with their targets, as a table for people and as a document for scripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs


@attrs.frozen
class Target:
    """A bound that a figure has to keep."""

    bound: float
    most: bool

    def met(self, value: float) -> bool:
        return value <= self.bound if self.most else value >= self.bound

    def missed_by(self, value: float) -> float:
        """The miss in percent of the bound."""
        return abs(value - self.bound) / abs(self.bound) * 100 if self.bound else float("inf")

    def __str__(self) -> str:
        return f"{'≤' if self.most else '≥'} {number(self.bound)}"


def at_most(bound: float) -> Target:
    return Target(bound, most=True)


def at_least(bound: float) -> Target:
    return Target(bound, most=False)


@attrs.frozen
class Figure:
    """One line of the table: chatd's value, and the rival's and the target where there is one.

    `spread` are the lowest and the highest value of the rounds of which `value` is the median.
    """

    scenario: str
    name: str
    unit: str
    value: float
    rival: float | None = None
    target: Target | None = None
    spread: tuple[float, float] | None = None

    @property
    def verdict(self) -> str:
        if self.target is None:
            return ""
        if self.target.met(self.value):
            return "met"
        return f"MISSED by {self.target.missed_by(self.value):.0f} %"

    def document(self, beside: str) -> dict[str, Any]:
        """`beside` names the rival."""
        return {
            "scenario": self.scenario,
            "name": self.name,
            "unit": self.unit,
            "chatd": self.value,
            "spread": self.spread,
            beside: self.rival,
            "ratio": self.value / self.rival if self.rival else None,
            "target": str(self.target) if self.target else None,
            "met": self.target.met(self.value) if self.target else None,
        }


LEFT = (0, 1, 5)  # columns of words


def number(value: float) -> str:
    """Three digits that count; thousands apart."""
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def table(figures: Sequence[Figure], beside: str) -> str:
    """Lines by scenario, columns aligned; plain text that also reads well inside a Markdown code block.

    `beside` names the rival.
    """
    headings = ("figure", "unit", "chatd", "of the rounds", "target", "", beside, f"chatd / {beside}")
    rows: list[tuple[str, ...]] = [headings]
    scenario = ""
    for figure in figures:
        if figure.scenario != scenario:
            scenario = figure.scenario
            rows.append((scenario,))
        rows.append(
            (
                f"  {figure.name}",
                figure.unit,
                number(figure.value),
                " … ".join(map(number, figure.spread or ())),
                str(figure.target or ""),
                figure.verdict,
                "" if figure.rival is None else number(figure.rival),
                f"{figure.value / figure.rival:.2f}" if figure.rival else "",
            )
        )
    widths = [max(len(row[i]) for row in rows if len(row) > 1) for i in range(len(headings))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if i not in LEFT else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=False))
        ]
        lines.append("  ".join(cells).rstrip() if len(row) > 1 else f"\n{row[0]}")
    return "\n".join(lines)

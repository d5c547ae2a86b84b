"""What an act costs while one thing grows: points, the verdict on their growth, and both as text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import attrs

from bench.figure import Figure, at_most, number


@attrs.frozen
class Point:
    """At `size` of the thing: microseconds of the server's CPU for an act, milliseconds until its answer."""

    size: int
    cpu: float
    p50: float
    p99: float


@attrs.define
class Curve:
    """One act. `fan_out` says what makes it grow in the nature of things, if anything does."""

    act: str
    fan_out: str = ""
    points: list[Point] = attrs.Factory(list)

    @property
    def growth(self) -> float:
        """How many times the CPU of the smallest size that of the largest is."""
        return self.points[-1].cpu / self.points[0].cpu

    @property
    def allowed(self) -> float:
        """How many times the logarithm of the size grew."""
        return math.log1p(self.points[-1].size) / math.log1p(self.points[0].size)


@attrs.frozen
class Chart:
    """The curves over one thing that grows; `name` is that of its picture."""

    name: str
    thing: str
    curves: list[Curve]

    def figures(self) -> list[Figure]:
        """The growth of each curve; what is no fan-out has the logarithm as its target."""
        sizes = [point.size for point in self.curves[0].points]
        title = f"growth of the server CPU of an act, {self.thing}: {sizes[0]:,} to {sizes[-1]:,}"
        return [
            Figure(
                title,
                f"{curve.act} ({curve.fan_out})" if curve.fan_out else curve.act,
                "x",
                curve.growth,
                target=None if curve.fan_out else at_most(curve.allowed),
            )
            for curve in self.curves
        ]

    def text(self) -> str:
        """The numbers: a line for each act, a column for each size."""
        sizes = [point.size for point in self.curves[0].points]
        rows = [(f"{self.thing}:", *(f"{size:,}" for size in sizes))]
        for curve in self.curves:
            rows.append((f"  {curve.act}", *(_cell(point) for point in curve.points)))
        widths = [max(len(row[i]) for row in rows) for i in range(len(sizes) + 1)]
        return "\n".join(_line(row, widths) for row in rows)

    def document(self) -> dict[str, Any]:
        return attrs.asdict(self)


def text(charts: Sequence[Chart]) -> str:
    """All numbers, as plain text that also reads well inside a Markdown code block."""
    head = "server CPU of one act in us / p99 until its answer in ms"
    return "\n\n".join([head, *(chart.text() for chart in charts)])


def _cell(point: Point) -> str:
    return f"{number(round(point.cpu))} / {number(point.p99)}"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    name, *cells = row
    return "  ".join(
        [name.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))]
    )

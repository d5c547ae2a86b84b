"""Pictures of the curves, one SVG for each thing that grows. The same numbers give the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from bench.curve import Chart, Curve, Point

SIZE = 9.0, 3.6  # inches
SETTINGS = {
    "svg.hashsalt": "chatd",  # ids that do not change from run to run
    "svg.fonttype": "none",  # letters stay letters: a tenth of the size
    "font.size": 9,
    "axes.grid": True,
    "axes.grid.which": "major",
    "grid.color": "#dddddd",
    "axes.spines.top": False,
    "axes.spines.right": False,
}


class NoPlotting(Exception):
    """The plotting library is not there; the message says how to get it."""


def draw(charts: Iterable[Chart], folder: Path) -> list[Path]:
    """Writes one picture for each chart into the folder. Raises NoPlotting."""
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError as missing:
        raise NoPlotting("no pictures: pip install -e '.[bench]' brings matplotlib") from missing
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with matplotlib.rc_context(SETTINGS):
        for chart in charts:
            picture = Figure(figsize=SIZE, layout="constrained")
            cpu, wait = picture.subplots(1, 2)
            _panel(cpu, chart, "server CPU of one act, us", lambda point: point.cpu)
            _panel(wait, chart, "p99 until its answer, ms", lambda point: point.p99)
            picture.legend(
                *cpu.get_legend_handles_labels(), loc="outside lower center", ncols=4, frameon=False
            )
            path = folder / f"{chart.name}.svg"
            picture.savefig(path, format="svg", metadata={"Date": None})
            written.append(path)
    return written


def _panel(axes: Any, chart: Chart, title: str, of: Callable[[Point], float]) -> None:
    """Both scales are logarithmic: a straight line that climbs one decade in a decade is linear growth."""
    for curve in chart.curves:
        axes.plot(*_line(curve, of), marker="o", markersize=3, linewidth=1.2, label=curve.act)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel(chart.thing)
    axes.set_title(title, fontsize=9)


def _line(curve: Curve, of: Callable[[Point], float]) -> tuple[list[int], list[float]]:
    return [point.size for point in curve.points], [of(point) for point in curve.points]

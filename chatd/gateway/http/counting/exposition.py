"""Prometheus' text format, version 0.0.4, at a tenth of what its library takes: a scrape of thousands of
lines must not be felt by those who chat.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from chatd.actors.runtime.histogram import Histogram
from chatd.gateway.http.counting.metric_table import Metric

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
Labels = tuple[str, ...]  # their values, in the order of the metric's names

_ESCAPED: Final = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


def family(row: Metric, samples: Iterable[tuple[Labels, float]]) -> Iterator[str]:
    """The lines of a counter or gauge."""
    yield from _head(row)
    for labels, value in samples:
        yield f"{row.shown}{_braced(_pairs(row, labels))} {value:.17g}"


def histograms(row: Metric, found: Mapping[Labels, Histogram]) -> Iterator[str]:
    """The lines of a histogram; of what was never counted only those without labels."""
    yield from _head(row)
    for labels, histogram in found.items():
        if not (histogram.count or not labels):
            continue
        pairs, count = _pairs(row, labels), 0
        for bound, count in histogram.cumulated():
            labelled = _braced([*pairs, f'le="{bound}"'])
            yield f"{row.name}_bucket{labelled} {count}"
        yield f"{row.name}_sum{_braced(pairs)} {histogram.sum:.17g}"
        yield f"{row.name}_count{_braced(pairs)} {count}"


def _head(row: Metric) -> Iterator[str]:
    yield f"# HELP {row.shown} {row.help}"
    yield f"# TYPE {row.shown} {row.type}"


def _pairs(row: Metric, labels: Labels) -> list[str]:
    return [f'{name}="{value.translate(_ESCAPED)}"' for name, value in zip(row.labels, labels, strict=True)]


def _braced(pairs: list[str]) -> str:
    return f"{{{','.join(pairs)}}}" if pairs else ""

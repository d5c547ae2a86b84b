"""metrics.md."""

from __future__ import annotations

from typing import Final

from chatd.actors.runtime.histogram import LATENCIES
from chatd.actors.runtime.log_writer import BATCHES
from chatd.gateway.http.counting.metric_table import METRICS
from reference_pages.markdown import code, page, table

INTRODUCTION: Final = """\
What `GET /metrics` says of chatd, in the text format of Prometheus.
[monitoring.md](../monitoring.md) explains how to collect it, and what to watch. Counters begin at the start
of the server. Beside these stand the usual figures of a Python process: `process_cpu_seconds_total`,
`process_open_fds`, `process_max_fds`, `process_resident_memory_bytes`, `python_gc_collections_total` and
their kin."""


def metrics() -> str:
    rows = ((code(it.shown), it.type, code(*it.labels) if it.labels else "", it.help) for it in METRICS)
    buckets = (
        f"Buckets of times, in seconds: {code(*LATENCIES)}. Of facts in a commit: {code(*BATCHES)}. A"
        " histogram is shown for what was asked at least once."
    )
    return page("Metrics", INTRODUCTION, table(("name", "type", "labels", ""), rows), buckets)

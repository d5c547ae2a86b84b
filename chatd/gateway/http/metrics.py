"""The server's status as Prometheus metrics."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from chatd.contract.errors import MEANINGS
from chatd.contract.server import ServerStatus

MEDIA_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4

# Name, help text, and field of the status.
_GAUGES: Final = (
    ("chatd_log_position", "Position of the newest event.", "position"),
    ("chatd_accounts", "Accounts.", "accounts"),
    ("chatd_spaces", "Spaces.", "spaces"),
    ("chatd_rooms", "Rooms.", "rooms"),
    ("chatd_connections", "WebSocket connections.", "connections"),
    ("chatd_sessions", "Connections with an open session.", "sessions"),
    ("chatd_memory_bytes", "Resident memory of the process.", "memory"),
    ("chatd_database_bytes", "Size of the database file.", "database"),
    ("chatd_wal_bytes", "Size of the write-ahead log.", "wal"),
    ("chatd_log_lines_lost", "Lines that the log on stderr did not take.", "log_lines_lost"),
    ("chatd_clock_steps", "How often the clock of the machine was set since the start.", "clock_steps"),
    ("chatd_uptime_seconds", "Time since the start.", "uptime"),
)


class _Status(Collector):
    def __init__(self, status: ServerStatus) -> None:
        self._status = status

    def collect(self) -> Iterable[Metric]:
        for name, help_, field in _GAUGES:
            yield GaugeMetricFamily(name, help_, getattr(self._status, field))
        awake = GaugeMetricFamily("chatd_actors_awake", "Actors of streams that are awake.", labels=["kind"])
        for kind in ("room", "space", "account"):
            awake.add_metric([kind], getattr(self._status.actors, f"{kind}s"))
        yield awake
        step = GaugeMetricFamily(
            "chatd_last_clock_step_seconds", "By how much the clock was set the last time."
        )
        step.add_metric([], self._status.last_clock_step or 0)
        yield step
        refused = CounterMetricFamily(
            "chatd_refused_frames",
            "Frames refused since the start, by the code of the refusal.",
            labels=["code"],
        )
        for code in MEANINGS:  # also those that were not refused yet: a rate needs a beginning
            refused.add_metric([code], self._status.refused.get(code, 0))
        yield refused
        lag = GaugeMetricFamily(
            "chatd_view_lag_events", "Events that a view has not followed yet.", labels=["view"]
        )
        for view in self._status.views:
            lag.add_metric([view.name], view.lag)
        yield lag


def exposition(status: ServerStatus) -> bytes:
    """`server.status` in the text format of Prometheus."""
    registry = CollectorRegistry()
    registry.register(_Status(status))
    return generate_latest(registry)

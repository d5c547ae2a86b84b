"""Reads `/metrics` as Prometheus does."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from .raw import fetched
from .serving import Server


def scraped(server: Server) -> bytes:
    status, headers, body = fetched(server, "/metrics", {"Connection": "close"})
    assert status == 200
    assert headers["content-type"].startswith("text/plain; version=0.0.4")
    return body


def families(server: Server) -> dict[str, Metric]:
    return {family.name: family for family in text_string_to_metric_families(scraped(server).decode())}


def value(found: Mapping[str, Metric], family: str, sample: str = "", /, **labels: str) -> float:
    """Of the one sample with exactly these labels; 0 without one. `sample`: what is behind its name."""
    for one in found[family].samples:
        if one.name == family + sample and one.labels == labels:
            return float(one.value)
    return 0

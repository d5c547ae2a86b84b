"""The dashboard and the alerts: Prometheus takes them, alerts fire when they should, metrics exist."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from promtool import promtool

from chatd.gateway.http.counting.metric_table import METRICS

DOCS = Path(__file__).parents[1] / "docs" / "monitoring"
ALERTS = DOCS / "alerts.yaml"
DASHBOARD = json.loads((DOCS / "grafana.json").read_text())
RULES = yaml.safe_load(ALERTS.read_text())["groups"][0]["rules"]
OF_A_PROCESS = {"process_cpu_seconds_total", "process_open_fds", "process_max_fds"}
SAMPLES = {
    metric.shown + suffix
    for metric in METRICS
    for suffix in (("_bucket", "_sum", "_count") if metric.type == "histogram" else ("",))
}
HERE = 'instance="here"'

Series = dict[str, str]  # what Prometheus scraped, in the notation of promtool; a value a minute

# Each alert with what makes it fire within half an hour, and the labels that it then has.
FIRES: dict[str, tuple[Series, dict[str, str]]] = {
    "ChatdDown": ({f'up{{job="chatd",{HERE}}}': "0x40"}, {"job": "chatd"}),
    "ChatdNotReady": ({f"chatd_ready{{{HERE}}}": "0x40"}, {}),
    "ChatdProblem": ({f"chatd_problems{{{HERE}}}": "1x40"}, {}),
    "ChatdCommitsFail": (
        {f'chatd_commits_total{{outcome="failed",{HERE}}}': "0x25 1 2 3x20"},
        {"outcome": "failed"},
    ),
    "ChatdCommitsSlow": (
        {
            f'chatd_commit_seconds_bucket{{le="0.25",{HERE}}}': "0+90x40",
            f'chatd_commit_seconds_bucket{{le="0.5",{HERE}}}': "0+100x40",
            f'chatd_commit_seconds_bucket{{le="+Inf",{HERE}}}': "0+100x40",
        },
        {},
    ),
    "ChatdPostsSlow": (
        {
            f'chatd_request_seconds_bucket{{name="message.post",le="1.0",{HERE}}}': "0+90x40",
            f'chatd_request_seconds_bucket{{name="message.post",le="2.5",{HERE}}}': "0+100x40",
            f'chatd_request_seconds_bucket{{name="message.post",le="+Inf",{HERE}}}': "0+100x40",
        },
        {},
    ),
    "ChatdBugs": (
        {f'chatd_refused_frames_total{{code="internal",{HERE}}}': "0x25 1x20"},
        {"code": "internal"},
    ),
    "ChatdOverloaded": ({f'chatd_refused_frames_total{{code="overloaded",{HERE}}}': "0+100x40"}, {}),
    "ChatdActorRestarts": (
        {f'chatd_actor_restarts_total{{kind="room",{HERE}}}': "0x25 1x20"},
        {"kind": "room"},
    ),
    "ChatdViewStopped": ({f'chatd_view_stopped{{view="search",{HERE}}}': "1x40"}, {"view": "search"}),
    "ChatdViewBehind": ({f'chatd_view_lag_events{{view="search",{HERE}}}': "20000x40"}, {"view": "search"}),
    "ChatdNotifierBehind": ({f"chatd_notifier_lag_events{{{HERE}}}": "2000x40"}, {}),
    "ChatdPushesFail": (
        {
            f'chatd_pushes_total{{outcome="failed",{HERE}}}': "0+10x40",
            f'chatd_pushes_total{{outcome="sent",{HERE}}}': "0+3x40",
        },
        {},
    ),
    "ChatdSchedulerLate": ({f"chatd_scheduler_late_seconds{{{HERE}}}": "90x40"}, {}),
    "ChatdLoopBusy": ({f"chatd_loop_lag_seconds{{{HERE}}}": "0.2x40"}, {}),
    "ChatdSlowReaders": ({f"chatd_demotions_total{{{HERE}}}": "0+120x40"}, {}),
    "ChatdHttpErrors": (
        {f'chatd_http_requests_total{{method="GET",route="/",status="500",{HERE}}}': "0+60x40"},
        {},
    ),
    "ChatdDiskNearlyFull": ({f"chatd_disk_free_bytes{{{HERE}}}": "5e8x40"}, {}),
    "ChatdFilesNearlyOut": (
        {
            f'process_open_fds{{job="chatd",{HERE}}}': "95x40",
            f'process_max_fds{{job="chatd",{HERE}}}': "100x40",
        },
        {"job": "chatd"},
    ),
    "ChatdClockWasSet": ({f"chatd_clock_steps_total{{{HERE}}}": "0x25 1x20"}, {}),
    "ChatdLogLinesLost": ({f"chatd_log_lines_lost_total{{{HERE}}}": "0x25 4x20"}, {}),
    "ChatdTracesLost": ({f'chatd_trace_spans_total{{outcome="dropped",{HERE}}}': "0x25 9x20"}, {}),
}
# A server with which all is well, and busy.
WELL: Series = {
    f'up{{job="chatd",{HERE}}}': "1x40",
    f"chatd_ready{{{HERE}}}": "1x40",
    f"chatd_problems{{{HERE}}}": "0x40",
    f'chatd_commits_total{{outcome="failed",{HERE}}}': "0x40",
    f'chatd_commit_seconds_bucket{{le="0.25",{HERE}}}': "0+100x40",
    f'chatd_commit_seconds_bucket{{le="+Inf",{HERE}}}': "0+100x40",
    f'chatd_request_seconds_bucket{{name="message.post",le="1.0",{HERE}}}': "0+100x40",
    f'chatd_request_seconds_bucket{{name="message.post",le="+Inf",{HERE}}}': "0+100x40",
    f'chatd_refused_frames_total{{code="invalid",{HERE}}}': "0+500x40",
    f'chatd_refused_frames_total{{code="unavailable",{HERE}}}': "0x20 5x20",
    f'chatd_actor_restarts_total{{kind="room",{HERE}}}': "0x40",
    f'chatd_view_stopped{{view="search",{HERE}}}': "0x40",
    f'chatd_view_lag_events{{view="search",{HERE}}}': "800x40",
    f"chatd_notifier_lag_events{{{HERE}}}": "100x40",
    f'chatd_pushes_total{{outcome="failed",{HERE}}}': "0+10x40",
    f'chatd_pushes_total{{outcome="sent",{HERE}}}': "0+30x40",
    f"chatd_scheduler_late_seconds{{{HERE}}}": "0.2x40",
    f"chatd_loop_lag_seconds{{{HERE}}}": "0.004x40",
    f"chatd_demotions_total{{{HERE}}}": "0+10x40",
    f'chatd_http_requests_total{{method="GET",route="/",status="200",{HERE}}}': "0+600x40",
    f"chatd_disk_free_bytes{{{HERE}}}": "5e9x40",
    f'process_open_fds{{job="chatd",{HERE}}}': "50x40",
    f'process_max_fds{{job="chatd",{HERE}}}': "100x40",
    f"chatd_clock_steps_total{{{HERE}}}": "2x40",
    f"chatd_log_lines_lost_total{{{HERE}}}": "0x40",
    f'chatd_trace_spans_total{{outcome="exported",{HERE}}}': "0+500x40",
}


def expressions() -> Iterator[str]:
    """Every query of the dashboard, with its variables filled in."""
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", ()):
            yield target["expr"].replace("$__rate_interval", "5m").replace("$instance", ".*")


def case(series: Series, alerts: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    return {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "alert_rule_test": [
            {"eval_time": "30m", "alertname": name, "exp_alerts": expected}
            for name, expected in alerts.items()
        ],
    }


def test_prometheus_takes_the_alerts() -> None:
    assert f"SUCCESS: {len(RULES)} rules found" in promtool("check", "rules", str(ALERTS))


def test_each_alert_fires_when_it_should_and_none_when_all_is_well(tmp_path: Path) -> None:
    assert list(FIRES) == [rule["alert"] for rule in RULES]
    tests = [case(WELL, {rule["alert"]: [] for rule in RULES})]
    for rule in RULES:
        series, labels = FIRES[rule["alert"]]
        labels = {"instance": "here", **rule["labels"], **labels}
        tests.append(
            case(series, {rule["alert"]: [{"exp_labels": labels, "exp_annotations": rule["annotations"]}]})
        )
    file = tmp_path / "tests.yaml"
    file.write_text(json.dumps({"rule_files": [str(ALERTS)], "evaluation_interval": "1m", "tests": tests}))
    assert "SUCCESS" in promtool("test", "rules", str(file))


def test_every_query_of_the_dashboard_is_one(tmp_path: Path) -> None:
    rules = [{"record": f"panel:{number}", "expr": expr} for number, expr in enumerate(expressions())]
    assert len(rules) > 30
    file = tmp_path / "queries.yaml"
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    assert f"SUCCESS: {len(rules)} rules found" in promtool("check", "rules", str(file))


@pytest.mark.parametrize("queries", [list(expressions()), [rule["expr"] for rule in RULES]])
def test_every_metric_that_is_named_exists(queries: list[str]) -> None:
    named = {name for query in queries for name in re.findall(r"\b(?:chatd|process|python)_[a-z_]+\b", query)}
    assert named <= SAMPLES | OF_A_PROCESS


def test_the_dashboard_shows_each_panel_in_a_place_of_its_own() -> None:
    taken = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) == 23
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))

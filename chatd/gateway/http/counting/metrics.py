"""What the server counts, as Prometheus reads it: collected when somebody asks.

`metric_table` says which metrics there are; each is filled in here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final

import trio
from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from chatd.actors.runtime.histogram import Histogram
from chatd.actors.runtime.request_counts import DONE
from chatd.actors.workers.pusher import OUTCOMES
from chatd.concurrency.collecting import collected
from chatd.contract.errors import MEANINGS
from chatd.contract.server import ServerStatus, SessionLoad
from chatd.gateway.http.counting.exposition import MEDIA_TYPE, Labels, family, histograms
from chatd.gateway.http.counting.http_counts import HttpCounts
from chatd.gateway.http.counting.metric_table import BY_NAME
from chatd.handlers.figures import Figures, MailboxFigures
from chatd.ports.file_counts import CUT_OFF, ENDED, EXPIRED, FULL, NO_PREVIEW, PLAIN, PREVIEW, FileCounts
from chatd.tracing import tracing

# Families of one sample, and the field of the status that is its value.
_OF_STATUS: Final = (
    ("chatd_ready", "ready"),
    ("chatd_uptime_seconds", "uptime"),
    ("chatd_memory_bytes", "memory"),
    ("chatd_log_lines_lost", "log_lines_lost"),
    ("chatd_clock_steps", "clock_steps"),
    ("chatd_log_position", "position"),
    ("chatd_accounts", "accounts"),
    ("chatd_spaces", "spaces"),
    ("chatd_rooms", "rooms"),
    ("chatd_files", "files"),
    ("chatd_file_bytes", "file_bytes"),
    ("chatd_database_bytes", "database"),
    ("chatd_wal_bytes", "wal"),
    ("chatd_connections", "connections"),
    ("chatd_sessions", "sessions"),
)
Sample = tuple[Labels, float]


async def exposition(status: ServerStatus, figures: Figures, http: HttpCounts, files: FileCounts) -> bytes:
    """Everything, in the text format of Prometheus."""
    before = trio.current_time()
    await trio.lowlevel.checkpoint()
    lag = trio.current_time() - before
    sessions = await collected(figures.live, lambda session: session.row())
    mailboxes = await figures.mailboxes()
    lines = list(_Chatd(status, figures, http, files, lag, sessions, mailboxes).lines())
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    GCCollector(registry=registry)
    PlatformCollector(registry=registry)
    return "\n".join([*lines, ""]).encode() + generate_latest(registry)


class _Chatd:
    def __init__(
        self,
        status: ServerStatus,
        figures: Figures,
        http: HttpCounts,
        files: FileCounts,
        lag: float,
        sessions: Sequence[SessionLoad],
        mailboxes: Mapping[str, MailboxFigures],
    ) -> None:
        self._status = status
        self._figures = figures
        self._http = http
        self._files = files
        self._lag = lag
        self._sessions = sessions
        self._mailboxes = mailboxes

    def lines(self) -> Iterator[str]:
        yield from self._of_server()
        yield from self._of_requests()
        yield from self._of_sessions()
        yield from self._of_actors()
        yield from self._of_commits()
        yield from self._of_followers()
        yield from self._of_cluster()
        yield from self._of_pushes()
        yield from self._of_http()
        yield from self._of_files()
        yield from self._of_traces()

    def _of_server(self) -> Iterator[str]:
        status = self._status
        yield from _family("chatd_build_info", [((status.version,), 1)])
        for name, field in _OF_STATUS:
            yield from _single(name, getattr(status, field))
        yield from _single("chatd_problems", len(status.problems))
        yield from _single("chatd_last_clock_step_seconds", status.last_clock_step or 0)
        yield from _single("chatd_loop_lag_seconds", self._lag)
        backup = status.backup
        yield from _single("chatd_backup_last_seconds", (backup.last or 0) / 1000 if backup else 0)
        yield from _single("chatd_backup_duration_seconds", (backup.took or 0) if backup else 0)
        counts = (backup.made, backup.failures) if backup else (0, 0)
        yield from _family("chatd_backups", ((("made",), counts[0]), (("failed",), counts[1])))
        with suppress(OSError):
            disk = os.statvfs(status.data)
            yield from _single("chatd_disk_free_bytes", disk.f_bavail * disk.f_frsize)

    def _of_requests(self) -> Iterator[str]:
        rows = self._figures.live.requests.rows
        yield from _family(
            "chatd_requests",
            (
                ((row.kind, name, outcome), count)
                for name, row in rows.items()
                for outcome, count in ((DONE, row.done), *row.refused.items())
            ),
        )
        yield from _histograms("chatd_request_seconds", {(name,): row.took for name, row in rows.items()})
        refused = self._status.refused
        # also those that were not refused yet: a rate needs a beginning
        yield from _family("chatd_refused_frames", (((code,), refused.get(code, 0)) for code in MEANINGS))

    def _of_sessions(self) -> Iterator[str]:
        rows = self._sessions
        yield from _single("chatd_connections_begun", self._figures.live.began)
        yield from _single("chatd_sessions_behind", sum(row.behind for row in rows))
        yield from _single("chatd_session_queued_bytes", sum(row.queued for row in rows))
        yield from _single("chatd_demotions", self._figures.bus.demotions)

    def _of_actors(self) -> Iterator[str]:
        awake = self._figures.directory.counts()
        yield from _family(
            "chatd_actors_awake", (((kind,), awake[kind]) for kind in self._figures.directory.asleep)
        )
        found = {(kind.replace(" ", "_"),): figures for kind, figures in self._mailboxes.items()}
        yield from _family("chatd_mailbox_messages", ((kind, it.depth) for kind, it in found.items()))
        yield from _family(
            "chatd_mailbox_oldest_wait_seconds", ((kind, it.oldest_wait) for kind, it in found.items())
        )
        yield from _family("chatd_actor_turns", ((kind, it.totals.turns) for kind, it in found.items()))
        yield from _family("chatd_actor_messages", ((kind, it.totals.handled) for kind, it in found.items()))
        restarts = {kind: it.totals.restarts for kind, it in found.items()}
        for name, count in self._figures.restarts():
            restarts[name.replace(" ", "_"),] = count
        yield from _family("chatd_actor_restarts", restarts.items())

    def _of_commits(self) -> Iterator[str]:
        commits = self._figures.writer.commits
        yield from _family(
            "chatd_commits",
            [((DONE,), commits.count - commits.failed), (("failed",), commits.failed)],
        )
        yield from _histograms("chatd_commit_facts", {(): commits.batches})
        yield from _histograms("chatd_commit_seconds", {(): commits.seconds})

    def _of_followers(self) -> Iterator[str]:
        views = self._status.views
        yield from _family("chatd_view_lag_events", (((view.name,), view.lag) for view in views))
        yield from _family("chatd_view_stopped", (((view.name,), view.error is not None) for view in views))
        yield from _single("chatd_notifier_lag_events", self._figures.notifier_lag)
        yield from _single("chatd_scheduler_late_seconds", self._figures.scheduler_late)

    def _of_cluster(self) -> Iterator[str]:
        counts = self._figures.cluster_counts
        yield from _single("chatd_cluster_nodes", counts.nodes)
        yield from _single("chatd_cluster_lag_messages", counts.lag)
        yield from _single("chatd_cluster_lag_seconds", counts.lag_seconds)
        yield from _single("chatd_cluster_proposals", counts.proposals)
        yield from _single("chatd_cluster_resent", counts.resent)
        yield from _single("chatd_cluster_commands", counts.commands)
        yield from _single("chatd_cluster_changes", counts.changes)
        yield from _single("chatd_cluster_cut_off", int(counts.cut_off))

    def _of_pushes(self) -> Iterator[str]:
        pusher = self._figures.pusher
        counts = {} if pusher is None else pusher.counts
        yield from _family("chatd_pushes", (((outcome,), counts.get(outcome, 0)) for outcome in OUTCOMES))
        yield from _single("chatd_pushes_waiting", 0 if pusher is None else pusher.waiting)

    def _of_http(self) -> Iterator[str]:
        http = self._http
        yield from _family(
            "chatd_http_requests",
            (
                ((method, route, str(status)), count)
                for (method, route, status), count in sorted(http.requests.items())
            ),
        )
        yield from _histograms(
            "chatd_http_request_seconds", {(route,): took for route, took in http.took.items()}
        )
        yield from _family("chatd_http_body_bytes", [(("received",), http.received), (("sent",), http.sent)])
        refused = sorted(http.refused.items())
        yield from _family("chatd_http_refused_heads", (((str(status),), count) for status, count in refused))

    def _of_files(self) -> Iterator[str]:
        counts = self._files
        uploads = {
            outcome: counts.uploads[outcome] for outcome in (DONE, FULL, CUT_OFF, ENDED, EXPIRED, *MEANINGS)
        }
        pictures = {outcome: counts.pictures[outcome] for outcome in (PREVIEW, NO_PREVIEW, PLAIN)}
        yield from _family("chatd_uploads", [((outcome,), count) for outcome, count in uploads.items()])
        yield from _single("chatd_upload_bytes", counts.bytes)
        yield from _single("chatd_unfinished_uploads", counts.unfinished)
        yield from _single("chatd_files_collected", self._figures.blobs_collected)
        yield from _family("chatd_pictures", [((outcome,), count) for outcome, count in pictures.items()])

    def _of_traces(self) -> Iterator[str]:
        tracer = tracing.tracer
        outcomes = (0, 0, 0) if tracer is None else (tracer.exported, tracer.dropped, tracer.failed)
        names = (("exported",), ("dropped",), ("failed",))
        yield from _family("chatd_trace_spans", zip(names, outcomes, strict=True))


def _single(name: str, value: float) -> Iterator[str]:
    return _family(name, [((), value)])


def _family(name: str, samples: Iterable[Sample]) -> Iterator[str]:
    return family(BY_NAME[name], samples)


def _histograms(name: str, found: dict[Labels, Histogram]) -> Iterator[str]:
    return histograms(BY_NAME[name], found)


__all__ = ["MEDIA_TYPE", "exposition"]

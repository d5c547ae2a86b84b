"""Every metric of `/metrics` that is chatd's own: name, type, labels, help. The reference prints this table.

Names follow Prometheus: a base unit at the end, `_total` behind a counter. What a label may say is bounded by
the tables of the code, never by what somebody sends.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple


class Metric(NamedTuple):
    """`name` is the family's: a counter's samples have `_total` behind it, a histogram's `_bucket`, `_sum`,
    `_count`."""

    name: str
    type: Literal["counter", "gauge", "histogram"]
    help: str
    labels: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The name that a query uses."""
        return f"{self.name}_total" if self.type == "counter" else self.name


METRICS: Final = (
    # the server
    Metric("chatd_build_info", "gauge", "Always 1; the version is in the label.", ("version",)),
    Metric("chatd_ready", "gauge", "Whether commands can be stored: 1, or 0."),
    Metric("chatd_problems", "gauge", "Problems that server status names."),
    Metric("chatd_uptime_seconds", "gauge", "Time since the start."),
    Metric("chatd_memory_bytes", "gauge", "Resident memory of the process."),
    Metric("chatd_loop_lag_seconds", "gauge", "How late the event loop came to a task that was ready."),
    Metric("chatd_log_lines_lost", "counter", "Lines that the log on stderr did not take."),
    Metric("chatd_clock_steps", "counter", "How often the clock of the machine was set."),
    Metric("chatd_last_clock_step_seconds", "gauge", "By how much the clock was set the last time."),
    # what it stores
    Metric("chatd_log_position", "gauge", "Position of the newest event."),
    Metric("chatd_accounts", "gauge", "Accounts."),
    Metric("chatd_spaces", "gauge", "Spaces."),
    Metric("chatd_rooms", "gauge", "Rooms."),
    Metric("chatd_files", "gauge", "Files that are not deleted."),
    Metric("chatd_file_bytes", "gauge", "Sizes of these files, together; the same bytes are stored once."),
    Metric("chatd_database_bytes", "gauge", "Size of the database file."),
    Metric("chatd_wal_bytes", "gauge", "Size of the write-ahead log."),
    Metric("chatd_disk_free_bytes", "gauge", "Space left for chatd on the disk of the data folder."),
    Metric("chatd_backup_last_seconds", "gauge", "When the newest good scheduled backup was made; 0: never."),
    Metric("chatd_backup_duration_seconds", "gauge", "How long the newest scheduled backup took."),
    Metric("chatd_backups", "counter", "Scheduled backups, by outcome: made or failed.", ("outcome",)),
    # requests
    Metric(
        "chatd_requests",
        "counter",
        "Commands and queries, by what became of them: done, or the code of the refusal.",
        ("kind", "name", "outcome"),
    ),
    Metric(
        "chatd_request_seconds",
        "histogram",
        "Time from the reading of a request to its answer, refused ones included.",
        ("name",),
    ),
    Metric("chatd_refused_frames", "counter", "Refused frames, by the code of the refusal.", ("code",)),
    # sessions
    Metric("chatd_connections", "gauge", "Connections of clients: WebSockets and streams of events."),
    Metric("chatd_sessions", "gauge", "Connections with an open session."),
    Metric("chatd_connections_begun", "counter", "Connections of clients since the start."),
    Metric("chatd_sessions_behind", "gauge", "Open sessions that read the log at their client's speed."),
    Metric("chatd_session_queued_bytes", "gauge", "Bytes that clients have not read yet, together."),
    Metric(
        "chatd_demotions",
        "counter",
        "How often a session fell back to reading the log, because its client read too slowly.",
    ),
    # actors
    Metric("chatd_actors_awake", "gauge", "Actors of streams that are awake.", ("kind",)),
    Metric("chatd_mailbox_messages", "gauge", "Messages that wait in mailboxes.", ("kind",)),
    Metric("chatd_mailbox_oldest_wait_seconds", "gauge", "The longest wait in a mailbox now.", ("kind",)),
    Metric("chatd_actor_turns", "counter", "Turns of actors.", ("kind",)),
    Metric("chatd_actor_messages", "counter", "Messages that actors took.", ("kind",)),
    Metric("chatd_actor_restarts", "counter", "Restarts of actors and workers that crashed.", ("kind",)),
    # commits and followers
    Metric("chatd_commits", "counter", "Transactions that were committed, or failed.", ("outcome",)),
    Metric("chatd_commit_facts", "histogram", "Facts in a commit."),
    Metric("chatd_commit_seconds", "histogram", "Time that a commit took."),
    Metric("chatd_view_lag_events", "gauge", "Events that a view has not followed yet.", ("view",)),
    Metric("chatd_view_stopped", "gauge", "1 while something keeps a view from going on.", ("view",)),
    Metric("chatd_notifier_lag_events", "gauge", "Events that the notifier has not looked at yet."),
    Metric("chatd_scheduler_late_seconds", "gauge", "How long what is due has waited for the scheduler."),
    # several nodes
    Metric("chatd_cluster_nodes", "gauge", "Nodes that this one hears, itself included; 1: it is alone."),
    Metric(
        "chatd_cluster_lag_messages", "gauge", "What others have applied of the stream and this one has not."
    ),
    Metric("chatd_cluster_lag_seconds", "gauge", "For how long something has not been applied."),
    Metric("chatd_cluster_proposals", "counter", "What this node has proposed to be logged."),
    Metric("chatd_cluster_resent", "counter", "How often it had to send proposals again."),
    Metric("chatd_cluster_commands", "counter", "Commands that it handed to other nodes."),
    Metric("chatd_cluster_changes", "counter", "How often nodes came or went, and owners with them."),
    Metric("chatd_cluster_cut_off", "gauge", "1 while it has sent its clients away."),
    # web push
    Metric(
        "chatd_pushes",
        "counter",
        "Messages on their way to a device by web push, by what became of them.",
        ("outcome",),
    ),
    Metric("chatd_pushes_waiting", "gauge", "Notifications that are held, or under way to devices."),
    # HTTP
    Metric(
        "chatd_http_requests",
        "counter",
        "HTTP requests but for /ws and streams of events, which are connections; 499: the client went away.",
        ("method", "route", "status"),
    ),
    Metric(
        "chatd_http_request_seconds",
        "histogram",
        "Time from the head of a request to that of its response.",
        ("route",),
    ),
    Metric("chatd_http_body_bytes", "counter", "Bytes of bodies, received and sent.", ("direction",)),
    Metric(
        "chatd_http_refused_heads",
        "counter",
        "Requests that were refused before a route answered them.",
        ("status",),
    ),
    # files
    Metric("chatd_files_collected", "counter", "Blobs whose bytes were taken away."),
    Metric(
        "chatd_uploads",
        "counter",
        "Uploads that came to their end, and failed requests of tus, by what became of them.",
        ("outcome",),
    ),
    Metric("chatd_upload_bytes", "counter", "Bytes of the uploads that became files."),
    Metric("chatd_unfinished_uploads", "gauge", "Uploads in several requests that wait for more."),
    Metric(
        "chatd_pictures",
        "counter",
        "Uploaded pictures: with a preview, without one, stored as a plain file.",
        ("outcome",),
    ),
    # traces
    Metric("chatd_trace_spans", "counter", "Spans, by what became of them.", ("outcome",)),
)
BY_NAME: Final = {metric.name: metric for metric in METRICS}

"""Where the figures of a server are: what `/metrics` collects, and what `server.top` and its kin show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol

import msgspec

from chatd.actors.runtime.bus import Bus
from chatd.actors.runtime.directory import Directory
from chatd.actors.runtime.live_sessions import LiveSessions
from chatd.actors.runtime.log_writer import LogWriter
from chatd.actors.runtime.mailbox import MailboxStatistics, MailboxTotals
from chatd.actors.runtime.supervisor import Actor
from chatd.actors.workers.due_timer import DueTimer
from chatd.actors.workers.file_collection import FileCollector
from chatd.actors.workers.notifier import Notifier
from chatd.actors.workers.pusher import Pusher
from chatd.clock import now
from chatd.concurrency.collecting import collected
from chatd.domain.event import split_stream
from chatd.ports import Cluster, ClusterCounts

SESSION: Final = "session"  # kinds of actors, beside the kinds of streams
WRITER: Final = "log writer"


class HasMailbox(Protocol):
    restarts: int

    def statistics(self) -> MailboxStatistics: ...


class MailboxFigures(msgspec.Struct):
    """Of all actors of one kind: what waits now, the longest wait (seconds), and sums since the start."""

    depth: int = 0
    oldest_wait: float = 0.0
    totals: MailboxTotals = msgspec.field(default_factory=MailboxTotals)


class Figures(msgspec.Struct, frozen=True, eq=False):
    """Read only. Waits for nobody, but gives others their turn where there may be much."""

    live: LiveSessions
    writer: LogWriter
    directory: Directory
    bus: Bus
    due_timer: DueTimer
    workers: list[Actor]
    cluster: Cluster | None = None

    @property
    def cluster_counts(self) -> ClusterCounts:
        """Of a server that is alone: it is one node."""
        return ClusterCounts() if self.cluster is None else self.cluster.counts()

    async def mailboxes(self) -> dict[str, MailboxFigures]:
        """By kind of actor."""
        found = {kind: MailboxFigures() for kind in (*self.directory.asleep, SESSION, WRITER)}
        for kind, gone in (*self.directory.asleep.items(), (SESSION, self.live.ended)):
            found[kind].totals.add_totals(gone)
        await collected(self.directory, lambda actor: _add(found[split_stream(actor.stream)[0]], actor))
        await collected(self.live, lambda session: _add(found[SESSION], session))
        _add(found[WRITER], self.writer)
        return found

    @property
    def leads(self) -> bool:
        """Whether those workers run here that run on one node for all."""
        return self.cluster is None or self.cluster.leads()

    @property
    def notifier(self) -> Notifier | None:
        """None on a server without views."""
        return next((worker for worker in self.workers if isinstance(worker, Notifier)), None)

    @property
    def notifier_position(self) -> int | None:
        """None while it does not run here."""
        return self.notifier.position if self.notifier is not None and self.leads else None

    @property
    def notifier_lag(self) -> int:
        """Events."""
        position = self.notifier_position
        return 0 if position is None else max(0, self.bus.head - position)

    @property
    def pusher(self) -> Pusher | None:
        """None where nobody is notified by web push."""
        return next((worker for worker in self.workers if isinstance(worker, Pusher)), None)

    @property
    def scheduler_late(self) -> float:
        """Seconds for which the oldest thing that is due has waited."""
        due = self.due_timer.next if self.leads else None
        return 0.0 if due is None else max(0, now() - due) / 1000

    @property
    def blobs_collected(self) -> int:
        """Whose bytes were taken away, since the start."""
        return sum(worker.collected for worker in self.workers if isinstance(worker, FileCollector))

    def restarts(self) -> Iterator[tuple[str, int]]:
        """Of the workers, by name."""
        for worker in self.workers:
            yield worker.name, worker.restarts


def _add(figures: MailboxFigures, actor: HasMailbox) -> None:
    statistics = actor.statistics()
    figures.depth += statistics.depth
    figures.oldest_wait = max(figures.oldest_wait, statistics.oldest_wait)
    figures.totals.add(statistics, actor.restarts)

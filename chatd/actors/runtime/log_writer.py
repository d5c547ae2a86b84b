"""The log writer: one actor through which everything durable goes, many appends a commit.

While one transaction is on its way to the disk the next batch gathers, so load makes batches, not
queues. Imports are patient: of their hundreds of messages at once one such append goes into a commit, and
lets go first what came meanwhile, or else who posts would wait for two of them. After a commit the log shows
its events in their order, and only then are the askers answered. The next commit is submitted before the
last one is published: the disk works while the loop sends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import time_ns
from typing import Final

import msgspec
import trio
from trio.lowlevel import ParkingLot

from chatd.actors.runtime.histogram import LATENCIES, Histogram
from chatd.actors.runtime.mailbox import Closed, Mailbox, MailboxStatistics
from chatd.log import log
from chatd.ports import (
    Append,
    Appended,
    Commit,
    ImportOpen,
    Log,
    StoreMisplaced,
    StoreStopping,
    StoreUnavailable,
    Taken,
)
from chatd.tracing import Span, tracing

CAPACITY: Final = 65_536  # each actor has at most one append under way, so this is never reached
PATIENT: Final = 50  # facts of an import that are more than a moment's work
BATCHES: Final = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)  # facts in a commit

Outcome = Appended | Taken | StoreUnavailable


class _Waiting(msgspec.Struct, eq=False):
    append: Append
    spans: Sequence[Span] = ()  # of the commands that it comes from
    outcome: Outcome | None = None
    done: trio.Event = msgspec.field(default_factory=trio.Event)


class CommitStatistics(msgspec.Struct):
    """`last_*` of the newest commit, sums over all; milliseconds."""

    count: int = 0
    facts: int = 0
    failed: int = 0
    last_batch: int = 0
    last_ms: float = 0.0
    total_ms: float = 0.0
    batches: Histogram = msgspec.field(default_factory=lambda: Histogram(BATCHES))
    seconds: Histogram = msgspec.field(default_factory=lambda: Histogram(LATENCIES))


class FailedCommit(msgspec.Struct, frozen=True):
    """`at`: trio's time."""

    why: str
    at: float


class LogWriter:
    """Appends go in, outcomes come out; in between lies the only transaction that writes."""

    name = "log writer"

    def __init__(self, log_: Log) -> None:
        self.mailbox: Mailbox[_Waiting] = Mailbox(CAPACITY)
        self.restarts = 0
        self.healthy = False
        self.commits = CommitStatistics()
        self.failed_commit: FailedCommit | None = None  # the newest commit, if it failed
        self._log = log_
        self._under_way: list[_Waiting] = []
        self._late: list[_Waiting] = []  # patient ones that were taken, and no commit has taken yet
        self._yielded = False  # whether they let others go first
        self._resting = ParkingLot()
        self.gone = trio.Event()  # it has written all that it took

    @property
    def busy(self) -> bool:
        """Whether a commit is under way."""
        return bool(self._under_way)

    async def rest(self) -> None:
        """Returns when no commit is under way."""
        while self._under_way:
            await self._resting.park()

    async def append(self, append: Append, spans: Sequence[Span] = ()) -> Appended | Taken:
        """Makes the append durable and shows it. Raises StoreUnavailable: then nothing was written.

        It stands in its place in the log's order from the moment of the call, before any waiting; a patient
        one, on which nobody else has decided anything, stands behind others.
        """
        waiting = _Waiting(append, spans)
        try:
            if not self.mailbox.offer(waiting):
                raise StoreUnavailable("the log writer is overloaded")
        except Closed:
            raise StoreStopping("the server is shutting down") from None
        await waiting.done.wait()
        if isinstance(waiting.outcome, StoreUnavailable):
            raise waiting.outcome
        assert waiting.outcome is not None
        return waiting.outcome

    async def run(self) -> None:
        batch = await self._next()
        while batch is not None:
            batch = await self._commit(batch)
            self.healthy = True
        self.gone.set()

    def statistics(self) -> MailboxStatistics:
        return self.mailbox.statistics()

    def failed(self, given_up: bool) -> None:
        self.mailbox.close()
        crashed = StoreUnavailable("the log writer crashed")
        _refuse([*self._under_way, *self._late, *self.mailbox.take_nowait()], crashed)

    async def _next(self) -> list[_Waiting] | None:
        try:
            self._late = await self.mailbox.take()
        except Closed:
            return None
        return self._gathered()

    def _gathered(self) -> list[_Waiting]:
        """What the next commit takes of all that waits, perhaps nothing."""
        waiting = [*self._late, *self.mailbox.take_nowait()]
        patient = [one for one in waiting if _is_patient(one.append)]
        others = [one for one in waiting if not _is_patient(one.append)] if patient else waiting
        self._yielded = bool(patient and others) and not self._yielded  # once, or it would never be its turn
        now = 0 if self._yielded else 1
        self._late = patient[now:]
        return others + patient[:now]

    async def _commit(self, batch: list[_Waiting]) -> list[_Waiting] | None:
        """Commits the batch and everything that gathers meanwhile; returns the next batch."""
        done: tuple[list[_Waiting], Commit, list[Appended | Taken] | StoreUnavailable] | None = None
        while batch:
            self._under_way = batch
            started, begun = trio.current_time(), time_ns() if tracing.on else 0
            commit = self._log.submit([waiting.append for waiting in batch])
            if done is not None:
                self._settle(*done)
            outcomes: list[Appended | Taken] | StoreUnavailable
            try:
                outcomes = await commit.wait()
            except StoreUnavailable as error:
                # The log is told of the file once, not of each commit; that a server stops is no failure.
                if not isinstance(error, StoreMisplaced | StoreStopping):
                    log.error("commit_failed", appends=len(batch), error=str(error))
                    self.failed_commit = FailedCommit(str(error), trio.current_time())
                self.commits.failed += 1
                outcomes = error
            else:
                self.failed_commit = None
            self._count(batch, (trio.current_time() - started) * 1000)
            if tracing.on:
                tracing.part(_spans(batch), "commit", begun, appends=len(batch))
            done = batch, commit, outcomes
            batch = self._gathered()
        if done is not None:
            self._settle(*done)
            self._under_way = []
            self._resting.unpark_all()
        return await self._next()

    def _settle(
        self, batch: list[_Waiting], commit: Commit, outcomes: list[Appended | Taken] | StoreUnavailable
    ) -> None:
        if isinstance(outcomes, StoreUnavailable):
            _refuse(batch, outcomes)
            return
        begun = time_ns() if tracing.on else 0
        commit.publish()
        if tracing.on:
            events = sum(len(done.events) for done in outcomes if isinstance(done, Appended))
            tracing.part(_spans(batch), "fan-out", begun, events=events)
        for waiting, outcome in zip(batch, outcomes, strict=True):
            waiting.outcome = outcome
            waiting.done.set()

    def _count(self, batch: list[_Waiting], ms: float) -> None:
        facts = sum(len(waiting.append.facts) for waiting in batch)
        commits = self.commits
        commits.count, commits.facts = commits.count + 1, commits.facts + facts
        commits.last_batch, commits.last_ms, commits.total_ms = facts, ms, commits.total_ms + ms
        commits.batches.add(facts)
        commits.seconds.add(ms / 1000)


def _is_patient(append: Append) -> bool:
    return len(append.facts) > PATIENT and any(type(one) is ImportOpen for one in append.conditions)


def _refuse(batch: list[_Waiting], error: StoreUnavailable) -> None:
    for waiting in batch:
        waiting.outcome = type(error)(*error.args)  # each is raised on its own
        waiting.done.set()


def _spans(batch: Iterable[_Waiting]) -> list[Span]:
    return [span for waiting in batch for span in waiting.spans]

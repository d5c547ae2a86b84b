"""Proposals into this node's database: each in one transaction, with a mark of it, until it is there.

It knows nothing of the stream, and nothing of who waits for what.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

import trio

from chatd.cluster.complaints import Complaints
from chatd.cluster.proposal import Header
from chatd.cluster.proposals import Outcomes
from chatd.cluster.sealing import Key
from chatd.concurrency.backoff import Backoff
from chatd.domain.event import Event
from chatd.log import log
from chatd.ports import (
    Append,
    Appended,
    ClusterReader,
    Commit,
    LogReader,
    Made,
    PutClusterKey,
    PutProposed,
    StoreRefuses,
    StoreUnavailable,
    StoreUncertain,
    Taken,
)

PAGE: Final = 1000  # events
NOTHING: Final = Made((), b"")
NEVER: Final = (0, 0)


class StoreLog(Protocol):
    """The database of this node."""

    def submit(self, appends: Sequence[Append], made: Sequence[Made] | None = None) -> Commit: ...


class LogQueries(ClusterReader, LogReader, Protocol):
    """What the log asks of the database."""


class Applying:
    """`position`: of the newest event of the database."""

    def __init__(self, store: StoreLog, reader: LogQueries, position: int) -> None:
        self.stuck: str | None = None  # why the next proposal cannot be written, as long as it cannot
        self._store = store
        self._reader = reader
        self._position = position
        self._complaints = Complaints()

    async def write(
        self, sequence: int, header: Header, appends: list[Append], made: list[Made], key: Key | None
    ) -> tuple[Outcomes, list[Event]]:
        """Tries for ever, because no node may pass over what the others apply. Gives the outcomes, and the
        events. `key`: the one that comes with it."""
        keys = () if key is None else (PutClusterKey(key.number, key.secret),)
        mark = Append(writes=(PutProposed(header.proposer, header.n, sequence), *keys))
        outcomes: Outcomes = []
        backoff = Backoff(0.05, 2.0)
        while True:
            try:
                done = await self._store.submit([*appends, mark], [*made, NOTHING]).wait()
            except StoreRefuses as error:  # as all nodes do
                self._complaints.say("proposal_refused", sequence=sequence, problem=str(error))
                outcomes, appends, made = StoreRefuses(*error.args), [], []
            except StoreUnavailable as error:
                self.stuck = str(error)
                if backoff.failures == 0:
                    log.error("cannot_apply", sequence=sequence, problem=str(error))
                await trio.sleep(backoff.next_delay())
                if (events := await self._found(header)) is not None:
                    outcomes = StoreUncertain("it was written, but what became of each part is not known")
                    break
            else:
                if isinstance(outcomes, list):
                    outcomes = done[:-1]
                events = [event for one in done if isinstance(one, Appended) for event in one.events]
                break
        self.stuck = None
        if events:
            self._position = events[-1].position
        return outcomes, events

    async def _found(self, header: Header) -> list[Event] | None:
        """The events of a transaction that looked failed, but was written; None: it was not."""
        try:
            if (await self._reader.proposed()).by.get(header.proposer, NEVER)[0] < header.n:
                return None
            found: list[Event] = []
            position = self._position
            while page := await self._reader.events(position, PAGE):
                found += page
                position = page[-1].position
            return found
        except StoreUnavailable:
            return None  # asked again after the next try


def written(appends: Sequence[Append], outcomes: Outcomes) -> list[Append]:
    """Those that were; where nobody knows, all that may be."""
    if isinstance(outcomes, StoreUnavailable):
        return list(appends) if isinstance(outcomes, StoreUncertain) else []
    return [append for append, done in zip(appends, outcomes, strict=True) if isinstance(done, Appended)]


def too_late(appends: Sequence[Append], outcomes: Outcomes) -> set[str]:
    """The streams to which others had added meanwhile."""
    if isinstance(outcomes, StoreUnavailable):
        return set()
    refused = zip(appends, outcomes, strict=True)
    late = (append for append, done in refused if isinstance(done, Taken) and done.what == "seq")
    return {append.facts[0].stream for append in late if append.facts}

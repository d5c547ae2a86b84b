"""The log of a cluster: a node proposes appends, the stream only orders them, every node applies all.

Each node writes every proposal into its own database by the same rules, so all come to the same outcome for
each append, and to the same log. A proposal may be lost or stand in the stream more than once; its number
says which one is next, so each is applied exactly once, and after those that its node made before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from math import inf
from typing import Final

import msgspec
import trio

from chatd.clock import now
from chatd.cluster.applying import NEVER, Applying, LogQueries, StoreLog, too_late, written
from chatd.cluster.complaints import Complaints
from chatd.cluster.proposal import (
    VERSION,
    Header,
    Message,
    Newer,
    NotReadable,
    decode,
    pack,
    unpack,
)
from chatd.cluster.proposals import Pending, Proposals
from chatd.cluster.sealing import Key, Unreadable
from chatd.cluster.sequencer import Sequenced, Sequencer
from chatd.concurrency.bell import Bell
from chatd.domain.event import Event
from chatd.ports import Append, Commit, Proposed, PutLatestTime, PutSnapshot, Show
from chatd.store.log.writes import PROPOSER_KEPT

HASHES: Final = 8192  # of sequences that others' hashes are compared with
TIMES: Final = 10_000  # that are remembered, of sequences
TIMES_APART: Final = 200
OWN: Final = (PutSnapshot, PutLatestTime)  # writes
WAY: Final = 3  # proposals, by the time that one takes: others hear of a refusal, and propose again
WAY_SECONDS: Final = 2.0  # at most: one that took longer waited for a stream that was away

Others = Callable[[Sequence[Append], Sequence[Event]], None]  # never waits, never raises
Refused = Callable[[str, float], None]  # likewise


class ClusterLog:
    """The `Log` of a node. `run` it beside those who use it."""

    def __init__(
        self,
        store: StoreLog,
        reader: LogQueries,
        sequencer: Sequencer,
        proposer: str,
        key: Key,
        proposed: Proposed,
        position: int,
        hash: str,
    ) -> None:
        """`proposer`: this life of the node; `position` and `hash`: of the newest event of the database;
        `proposed`: what it has applied."""
        self.own = Proposals(sequencer, proposer, self._message)
        self.sequence = proposed.sequence
        self.hash = hash
        self.key = key
        self.key_taken_at = -inf  # trio's time; a life before this one may have taken it at any time
        self._store = store
        self._applying = Applying(store, reader, position)
        self._complaints = Complaints()
        self._sequencer = sequencer
        self._by = dict(proposed.by)
        self._hashes: dict[int, str] = {self.sequence: hash}
        self._times: deque[tuple[int, int]] = deque(maxlen=TIMES)
        self._moved = Bell()
        self._show: Show = lambda events: None
        self._others: Others = lambda appends, events: None
        self._refused: Refused = lambda stream, seconds: None
        self._diverged: Callable[[Header, str], None] = lambda header, hash: None

    # --- what the log writer asks

    def follow(self, show: Show) -> None:
        """From now on `show` is given all events, own and others', in the order of the log."""
        self._show = show

    def follow_others(self, others: Others, refused: Refused) -> None:
        """From now on `others` is given what other nodes wrote, and its events, before these are shown, and
        `refused` each stream to which another node could not add because somebody else had, and how many
        seconds it needs to try again."""
        self._others, self._refused = others, refused

    def watch(self, diverged: Callable[[Header, str], None]) -> None:
        """`diverged` is called when a proposer's hash of the log is not the one that this node had there."""
        self._diverged = diverged

    def submit(self, appends: Sequence[Append]) -> Commit:
        """Proposes the appends, in this order, without waiting. What concerns this node alone stays here."""
        own = [write for append in appends for write in append.writes if isinstance(write, OWN)]
        shared = [_shared(append) for append in appends] if own else appends
        if not any(append.facts or append.writes for append in shared):
            return self._store.submit(appends)
        here = self._store.submit([Append(writes=tuple(own))]) if own else None
        return self.own.submit(shared, here)

    # --- what the node asks

    @property
    def stuck(self) -> str | None:
        """Why the next proposal cannot be written, as long as it cannot."""
        return self._applying.stuck

    async def ratchet(self) -> None:
        """Has all nodes take the next key, and forget the present one. Raises StoreUnavailable."""
        await self.own.ratchet().wait()

    async def wait_for(self, sequence: int) -> None:
        """Returns when the stream has been applied up to there."""
        while self.sequence < sequence:
            await self._moved.wait()

    def hash_at(self, sequence: int) -> str | None:
        """The log's hash when the stream had been applied up to there; None: it is not kept any more, or not
        there yet."""
        return self._hashes.get(sequence)

    def sequence_at(self, at: int) -> int:
        """A sequence up to which all had been applied at `at`, Unix milliseconds, as far as is remembered."""
        return max((sequence for applied_at, sequence in self._times if applied_at <= at), default=0)

    async def run(self) -> None:
        """For ever. Raises Trimmed, OtherStream, and NotReadable where going on would make this node's log
        another one."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.own.run)
            async for message in self._sequencer.follow(self.sequence):
                await self._apply(message)

    # --- proposing

    def _message(self, pending: Pending) -> bytes:
        header = pack(
            Header(
                VERSION, pending.kind, self.own.proposer, pending.n, self.key.number, self.sequence, self.hash
            )
        )
        return header + self.key.seal(pending.plain, header)

    # --- applying

    async def _apply(self, message: Sequenced) -> None:
        """Raises Newer. Whatever else cannot be applied is passed over, by all nodes alike."""
        try:
            await self._take(message.sequence, unpack(message.data, self.key), message.data)
        except Newer:
            raise
        except (NotReadable, Unreadable) as error:
            self._complaints.say("proposal_unreadable", sequence=message.sequence, problem=str(error))
        self.sequence = message.sequence
        self._hashes[message.sequence] = self.hash
        if not self._times or message.sequence - self._times[-1][1] >= TIMES_APART:
            self._times.append((now(), message.sequence))
        if len(self._hashes) > HASHES:
            del self._hashes[next(iter(self._hashes))]
        self._moved.ring()

    async def _take(self, sequence: int, message: Message, data: bytes) -> None:
        header = message.header
        own = self.own.first if header.proposer == self.own.proposer else None
        if header.n != self._by.get(header.proposer, NEVER)[0] + 1 or header.key != self.key.number:
            if own is not None and header.n >= own.n:
                self.own.send_again()  # it stands behind one that was lost, or behind a new key
            return
        # What came back as it was sent need not be opened.
        plain = b"" if own and own.message == data else self.key.open(message.sealed, message.header_bytes)
        known = self._hashes.get(header.sequence)
        if known is not None and known != header.hash:
            self._diverged(header, known)
        if own is not None:
            appends, made = own.appends, own.made
        else:
            appends, made = decode(plain)
        key = self.key.next() if header.kind == "ratchet" else None
        outcomes, events = await self._applying.write(sequence, header, appends, made, key)
        if key is not None:
            self.key, self.key_taken_at = key, trio.current_time()
        self._applied(sequence, header)
        if own is None:
            self._others(written(appends, outcomes), events)
            for stream in too_late(appends, outcomes):
                self._refused(stream, min(WAY * self.own.took, WAY_SECONDS))
        if events:
            self.hash = events[-1].hash
            self._show(events)
        if own is not None:
            self.own.settle(outcomes)

    def _applied(self, sequence: int, header: Header) -> None:
        """Remembers what the database does (see `PutProposed`)."""
        self._by[header.proposer] = (header.n, sequence)
        if header.n == 1:
            self._by = {one: at for one, at in self._by.items() if at[1] >= sequence - PROPOSER_KEPT}
            if self.own.applied and self.own.proposer not in self._by:
                self.own.begin_anew()


def _shared(append: Append) -> Append:
    writes = tuple(write for write in append.writes if not isinstance(write, OWN))
    return msgspec.structs.replace(append, writes=writes)

"""What this node proposes: sent in order, and again, until it comes back through the stream."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import compress
from math import inf
from typing import Final

import attrs
import trio
from msgspec import Struct

from chatd.clock import new_id
from chatd.cluster.complaints import Complaints
from chatd.cluster.proposal import Kind, encode, join
from chatd.cluster.sealing import OVERHEAD
from chatd.cluster.sequencer import Lost, NotTaken, Sequencer
from chatd.concurrency.backoff import Backoff
from chatd.concurrency.wakeup import Wakeup
from chatd.ports import (
    Append,
    Appended,
    Commit,
    Made,
    StoreStopping,
    StoreUnavailable,
    StoreUncertain,
    Taken,
)
from chatd.store.log.plan import make

RESEND: Final = 2.0  # seconds after which a proposal that has not come back is sent again
GIVE_UP: Final = 20.0  # seconds after which those who wait are told that the outcome is not known
ROOM: Final = 4096  # bytes of a message that are not appends
MOST_PENDING: Final = 32 * 2**20  # bytes that may wait before more is refused

TOO_MUCH: Final = "too much waits for the cluster's stream already"

Outcomes = list[Appended | Taken] | StoreUnavailable


@attrs.define(eq=False)
class Pending:
    """A proposal of this node that has not been applied yet."""

    n: int
    kind: Kind
    appends: list[Append]
    made: list[Made]
    plain: bytes
    at: float  # trio's time
    message: bytes = b""  # as it was sent last
    outcomes: Outcomes | None = None
    sent: bool = False
    tried: bool = False  # to send it, so that it may stand in the stream
    done: trio.Event = attrs.field(factory=trio.Event)


class _Encoded(Struct, frozen=True):
    append: Append
    made: Made
    data: bytes


class Proposals:
    """`message` makes the bytes of one, as this node's log stands when it is sent. `run` it. `proposer` is
    another with each life of the node."""

    def __init__(self, sequencer: Sequencer, proposer: str, message: Callable[[Pending], bytes]) -> None:
        self.proposer = proposer
        self.made = 0
        self.resent = 0  # times
        self.took = 0.0  # seconds, the newest that was applied
        self.refused: str | None = None  # why the stream takes none, as long as it does not
        self._sequencer = sequencer
        self._message = message
        self._pending: deque[Pending] = deque()
        self._bytes = 0
        self._complaints = Complaints()
        self._n = 0
        self._wanted = Wakeup()
        self.cut_off: str | None = None  # why nothing would come back, so that nothing is proposed
        self.until = inf  # trio's time; then nobody waits any more for what is proposed
        self._waits: set[trio.CancelScope] = set()  # of those who wait for what was proposed

    @property
    def first(self) -> Pending | None:
        """The oldest that has not been applied."""
        return self._pending[0] if self._pending else None

    @property
    def applied(self) -> bool:
        """Whether any has been."""
        return self._n > len(self._pending)

    def submit(self, appends: Sequence[Append], here: Commit | None = None) -> ProposalCommit:
        """Never waits. `here`: a commit of this node alone that belongs to it."""
        if self.over:
            return ProposalCommit(self, here, (), refused=StoreStopping("the server is shutting down"))
        if self.cut_off is not None:
            return ProposalCommit(self, here, (), refused=StoreUnavailable(self.cut_off))
        limit = self._sequencer.limit - ROOM - OVERHEAD
        encoded = [
            _Encoded(append, made, encode(append, made))
            for append, made in zip(appends, make(appends), strict=True)
        ]
        fitting = [len(one.data) <= limit for one in encoded]
        for one in [one for one, fits in zip(encoded, fitting, strict=True) if not fits]:
            self._complaints.say("append_too_long", bytes=len(one.data), limit=limit)
        those = list(compress(encoded, fitting))
        if self._bytes and self._bytes + sum(len(one.data) for one in those) > MOST_PENDING:
            return ProposalCommit(self, here, (), refused=StoreUnavailable(TOO_MUCH))
        parts = [self._propose("append", part) for part in _parts(those, limit)]
        return ProposalCommit(self, here, parts, fitting)

    def ratchet(self) -> ProposalCommit:
        return ProposalCommit(self, None, [self._propose("ratchet", [])])

    @property
    def over(self) -> bool:
        """Whether nothing is proposed any more."""
        return trio.current_time() >= self.until

    def stop_within(self, seconds: float) -> None:
        """Nobody waits longer than this for what was proposed, and nothing is proposed after it."""
        self.until = min(self.until, trio.current_time() + seconds)
        for wait in self._waits:
            wait.deadline = min(wait.deadline, self.until)

    @contextmanager
    def patience(self) -> Iterator[trio.CancelScope]:
        """As long as somebody waits for what was proposed. While the oldest does not come back, nothing that
        is behind it is applied: whoever comes then learns soon that the stream is away."""
        now = trio.current_time()
        oldest = now if self.first is None else self.first.at
        with trio.CancelScope(deadline=min(max(oldest + GIVE_UP, now + RESEND), self.until)) as wait:
            self._waits.add(wait)
            try:
                yield wait
            finally:
                self._waits.discard(wait)

    def settle(self, outcomes: Outcomes) -> None:
        """The first has been applied."""
        pending = self._pending.popleft()
        self._bytes -= len(pending.plain)
        self.took = trio.current_time() - pending.at
        pending.outcomes = outcomes
        pending.done.set()

    def send_again(self) -> None:
        """All that have not come back: one that was lost keeps those behind it from being applied."""
        self.resent += 1
        for pending in self._pending:
            pending.sent = False
        self._wanted.wake()

    def begin_anew(self) -> None:
        """This node was silent for so long that nobody knows what it proposed last."""
        self.proposer, self._n = new_id(), 0
        for pending in self._pending:
            self._n += 1
            pending.n = self._n
        self.send_again()

    async def run(self) -> None:
        """For ever."""
        backoff = Backoff(0.1, RESEND)
        while True:
            pending = next((one for one in self._pending if not one.sent), None)
            if pending is None:
                with trio.move_on_after(RESEND) as late:
                    await self._wanted.wait()
                if late.cancelled_caught and self._pending:
                    self.send_again()
                continue
            pending.sent = pending.tried = True
            pending.message = self._message(pending)
            try:
                with trio.fail_after(RESEND):
                    await self._sequencer.propose(pending.message)
                self.refused = None
                backoff.reset()
            except (Lost, trio.TooSlowError) as error:
                if isinstance(error, NotTaken):
                    self.refused = str(error)
                    self._complaints.say("proposal_not_taken", problem=self.refused)
                await trio.sleep(backoff.next_delay())
                self.send_again()

    def _propose(self, kind: Kind, part: Sequence[_Encoded]) -> Pending:
        self._n += 1
        self.made += 1
        plain = join([one.data for one in part])
        appends, made = [one.append for one in part], [one.made for one in part]
        pending = Pending(self._n, kind, appends, made, plain, trio.current_time())
        self._pending.append(pending)
        self._bytes += len(plain)
        self._wanted.wake()
        return pending

    def withdraw(self, parts: Sequence[Pending]) -> bool:
        """Takes back what was never sent. False: some of it was."""
        back = {part.n for part in parts if not part.tried and part.outcomes is None}
        if back:  # nothing behind the first of them was sent either
            first = self._n = min(back) - 1
            for pending in [one for one in self._pending if one.n > first]:
                self._pending.remove(pending)
                if pending.n in back:
                    self._bytes -= len(pending.plain)
                else:
                    self._n += 1
                    pending.n = self._n
                    self._pending.append(pending)
        return not any(part.tried for part in parts)


class ProposalCommit:
    """Appends on their way through the stream. To stop waiting does not stop them."""

    def __init__(
        self,
        proposals: Proposals,
        here: Commit | None,
        parts: Sequence[Pending],
        fitting: Sequence[bool] = (),
        refused: StoreUnavailable | None = None,
    ) -> None:
        """`fitting`: which of the appends are in the parts; the others are too long for the stream.
        `refused`: why nothing was proposed, if nothing was."""
        self._proposals = proposals
        self._here = here
        self._parts = parts
        self._fitting = fitting
        self._refused = refused

    async def wait(self) -> list[Appended | Taken]:
        """One outcome for each append, in order, when this node has applied and shown them. Raises
        StoreUnavailable."""
        if self._here is not None:
            await self._here.wait()
        if self._refused is not None:
            raise self._refused
        outcomes: list[Appended | Taken] = []
        with self._proposals.patience() as waiting:
            for part in self._parts:
                await part.done.wait()
                if isinstance(part.outcomes, StoreUnavailable):
                    raise part.outcomes
                outcomes += part.outcomes or ()
        if waiting.cancelled_caught:
            if self._proposals.withdraw(self._parts):
                problem = "the cluster's stream cannot be reached"
                raise StoreStopping(problem) if self._proposals.over else StoreUnavailable(problem)
            raise StoreUncertain("the cluster's stream has not answered; what was asked may still be done")
        proposed = iter(outcomes)
        return [next(proposed) if fits else Taken("size") for fits in self._fitting]

    def publish(self) -> None:
        """They were shown as they were applied."""


def _parts(encoded: Sequence[_Encoded], limit: int) -> Iterator[list[_Encoded]]:
    """As few as the stream's limit, in bytes, allows."""
    part, size = list[_Encoded](), 0
    for one in encoded:
        if part and size + len(one.data) > limit:
            yield part
            part, size = [], 0
        part.append(one)
        size += len(one.data)
    if part:
        yield part

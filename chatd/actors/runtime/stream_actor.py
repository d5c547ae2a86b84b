"""The actor of one room, space or account: it owns the state of its stream and alone extends it.

In one turn it takes all waiting commands, decides them one after another on its state, and hands
everything that follows from them to the log writer as one append. It answers when that is durable.
A command with conditions has a turn of its own: they are looked up before anything of the turn is written.
If the append is not written, the state is thrown away and read again: memory never runs ahead of the log.
Where others add to the log as well, the actor is told what they added to its stream, and follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from random import random
from time import time_ns
from typing import Any, Final, Literal

import trio

from chatd.actors.runtime.envelope import BROKEN, STALE, TOO_LONG, UNSETTLED, Envelope, unavailable
from chatd.actors.runtime.look_up import LookUp
from chatd.actors.runtime.mailbox import Closed, Mailbox, MailboxStatistics
from chatd.actors.runtime.signals import signal_frame
from chatd.actors.runtime.stream_memory import StreamMemory
from chatd.actors.runtime.stream_types import STREAM_TYPES, State
from chatd.actors.runtime.surroundings import Surroundings
from chatd.actors.runtime.turn import Turn, next_turn
from chatd.concurrency.bell import Bell
from chatd.contract.errors import Refusal
from chatd.domain.event import Event, split_stream
from chatd.domain.files import files_of
from chatd.domain.names.taken import name_taken
from chatd.log import log
from chatd.ports import (
    Append,
    Appended,
    MarkRead,
    StoreUnavailable,
    StoreUncertain,
    Taken,
)
from chatd.tracing import Span, tracing

CAPACITY: Final = 1024
SNAPSHOT_EVERY: Final = 500  # facts
REDOS: Final = 16  # times that a turn is decided anew because the log knew better
PATIENT_REDOS: Final = 3  # of these; before each further one the actor pauses, the longer the later
PAUSE: Final = 0.005  # seconds, the longest first one
LONGEST_PAUSE: Final = 0.2
GIVING_WAY: Final = 1.0  # seconds


class StreamActor:
    def __init__(self, stream: str, surroundings: Surroundings) -> None:
        type_, self.id = split_stream(stream)
        self.name = self.stream = stream
        self.mailbox: Mailbox[Envelope] = Mailbox(CAPACITY)
        self.restarts = 0
        self.healthy = False
        self.last_used = trio.current_time()
        self._type = STREAM_TYPES[type_]
        self._surroundings = surroundings
        self._memory = StreamMemory(stream, surroundings.reader)
        self._look_up = LookUp(self.id, self._type, self._memory, surroundings)
        self._under_way: list[Envelope] = []
        self._pause = 0.0  # seconds for which a new turn lets others in first
        self._giving_way_until = 0.0  # trio's time
        self._unsettled = False  # something is decided that may not come to be
        self._waiting = 0  # that wait until it is settled
        self._settled = Bell()

    # --- asked from outside

    async def state(self) -> State:
        """The state, for reading; read it before the next await. Raises StoreUnavailable."""
        self.last_used = trio.current_time()
        state = self._memory.state or await self._memory.known()
        if (parent := self._type.parent(state)) is not None:
            self._type.sync_members(state, await self._surroundings.state_of(parent))
        elif self._type.needs_shared_spaces(state):
            await self._surroundings.learn_shared_spaces(state)
        return state

    def absorb(self, events: Sequence[Event]) -> None:
        """Others added these to the stream, and they are durable. What was decided on an older state is going
        to be refused by the log, and decided anew."""
        self._memory.absorb(events)

    def give_way(self, seconds: float) -> None:
        """Others were too late with what they decided for the stream, and decide it anew, which takes so
        long: for a while, new turns let them in first. Else whoever was first, as while the owner changes,
        would be it again and again."""
        self._pause, self._giving_way_until = seconds, trio.current_time() + GIVING_WAY

    async def wait_settled(self) -> bool:
        """Whether something had been decided that may not have come to be; it is settled now, and nothing
        more is decided until whoever waited had a turn."""
        waited = False
        self._waiting += 1
        try:
            while self._unsettled:
                waited = True
                await self._settled.wait()
        finally:
            self._waiting -= 1
        return waited

    def forget_child_of(self, parent: str) -> None:
        """Somebody did not leave `parent` after all, though it seemed so."""
        state = self._memory.state
        if state is not None and self._type.parent(state) == parent:
            self._memory.forget()

    def forget(self) -> None:
        """What is known here and nowhere in the log, as markers, may be out of date: it is read again."""
        self._memory.forget()

    @property
    def idle(self) -> bool:
        return not self._under_way and not len(self.mailbox)

    # --- its life

    async def run(self) -> None:
        while True:
            try:
                self._under_way = await self.mailbox.take()
            except Closed:
                break
            while self._under_way:
                turn, rest = next_turn(self._under_way)
                await self._turn(turn)
                self._under_way = rest
            self.healthy = True
            state = self._memory.state
            if (state is None or not state.exists) and not len(self.mailbox):
                self.mailbox.close()  # nobody needs an actor for what is not there or must be read again
        await self._leave_snapshot()

    def statistics(self) -> MailboxStatistics:
        return self.mailbox.statistics()

    def failed(self, given_up: bool) -> None:
        self._memory.forget()
        if given_up:
            self.mailbox.close()
        for envelope in [*self._under_way, *(self.mailbox.take_nowait() if given_up else ())]:
            envelope.reply(BROKEN)
        self._under_way = []

    async def _leave_snapshot(self) -> None:
        """Going to sleep: what was learned since the last snapshot need not be replayed on waking."""
        state = self._memory.state
        if state is not None and self._memory.unsaved(state) > 0:
            try:
                await self._surroundings.append(Append(writes=(self._memory.snapshot(state),)))
            except StoreUnavailable:
                log.warning("no_snapshot", actor=self.name)

    # --- a turn

    async def _turn(self, envelopes: Sequence[Envelope]) -> None:
        """Decides, makes durable, answers. Decides anew when the log knew something the state did not."""
        known: list[dict[str, Any]] = []
        if self._pause:
            await self._let_others_in()
        for redo in range(REDOS):
            if redo > PATIENT_REDOS:
                longest = min(LONGEST_PAUSE, PAUSE * 2 ** (redo - PATIENT_REDOS))
                await trio.sleep(random() * longest)  # noqa: S311 - spreads writers, hides nothing
            begun = time_ns() if tracing.on else 0
            while self._waiting:
                await trio.lowlevel.checkpoint()
            try:
                turn = await self._decide(envelopes, known)
                envelopes = turn.unanswered
                spans = self._trace(envelopes, begun) if tracing.on else ()
                if not (turn.facts or turn.writes):
                    return self._answer(turn, Appended(()))
                outcome = await self._append(turn, spans)
            except StoreUnavailable as error:
                self._memory.forget()
                return _tell(envelopes, error)
            if isinstance(outcome, Appended):
                return self._answer(turn, outcome)
            if outcome.what == "stale":
                if turn.conditions or not turn.files:
                    return _refuse(envelopes, STALE)
                continue  # a file is gone by now: whoever named it is refused in the next round
            if outcome.what == "size":
                return await self._in_halves(envelopes)
            if outcome.what in ("name", "shown_name"):
                return await self._one_by_one(envelopes, outcome.what)
            known.extend(outcome.found)
        log.error("log_refused", actor=self.name, times=REDOS)
        return _refuse(envelopes, STALE)

    async def _append(self, turn: Turn, spans: Sequence[Span]) -> Appended | Taken:
        """Raises StoreUnavailable. What is not written is forgotten, here and by whoever saw it."""
        self._unsettled, written = True, False
        try:
            outcome = await self._surroundings.append(turn.append(), spans)
            written = isinstance(outcome, Appended)
            return outcome
        finally:
            if not written:
                self._memory.forget()
                if turn.leaves:
                    self._surroundings.leaving_failed(self.stream)
            self._unsettled = False
            if self._waiting:
                self._settled.ring()

    async def _let_others_in(self) -> None:
        if trio.current_time() < self._giving_way_until:
            await trio.sleep(self._pause)
        else:
            self._pause = 0.0

    async def _in_halves(self, envelopes: Sequence[Envelope]) -> None:
        """Together they are more than the log takes at once."""
        if len(envelopes) == 1:
            return _refuse(envelopes, TOO_LONG)
        half = len(envelopes) // 2
        await self._turn(envelopes[:half])
        return await self._turn(envelopes[half:])

    async def _one_by_one(self, envelopes: Sequence[Envelope], what: Literal["name", "shown_name"]) -> None:
        """One of them claims a name that is taken: find it without punishing its neighbours."""
        if len(envelopes) == 1:
            return _refuse(envelopes, name_taken(what, envelopes[0].command))
        for envelope in envelopes:
            await self._turn([envelope])
        return None

    async def _decide(self, envelopes: Sequence[Envelope], known: Sequence[dict[str, Any]]) -> Turn:
        look_up = self._look_up
        envelopes = [await look_up.with_files(one) if files_of(one.command) else one for one in envelopes]
        looked_up = await look_up.of(envelopes, self.state)
        # No await from here to the append: what was decided stands in the log in the order of deciding.
        state, parent_state = looked_up.state, looked_up.parent_state
        looked_up.complete(self._type, known)
        turn = Turn()
        if (parent := self._type.parent(state)) is not None and parent_state is not None:
            turn.beside = ((parent, parent_state.head),)
        if self._memory.unsaved(state) >= SNAPSHOT_EVERY:
            turn.writes.append(self._memory.snapshot(state))
        leaves = self._type.leaves(state)
        for envelope in envelopes:
            self._decide_one(state, parent_state, envelope, turn)
        turn.leaves = self._type.leaves(state) != leaves
        return turn

    def _trace(self, envelopes: Sequence[Envelope], begun: int) -> list[Span]:
        """They were decided, since `begun`. Their spans, one for each."""
        spans = [None if envelope.asked is None else envelope.asked.span for envelope in envelopes]
        tracing.part(spans, "decide", begun, actor=self.name, commands=len(envelopes))
        return spans

    def _decide_one(self, state: State, parent_state: State | None, envelope: Envelope, turn: Turn) -> None:
        try:
            decision = self._type.decide(state, parent_state, envelope.command, envelope.context)
        except Exception:  # a bug in one rule is an answer to one asker
            asked = {} if envelope.asked is None else envelope.asked.fields()
            log.exception(
                "decider_crashed", actor=self.name, command=type(envelope.command).__name__, **asked
            )
            envelope.reply(BROKEN)
            return
        if isinstance(decision, Refusal):
            answer = partial(envelope.reply, decision)
            if decision.code == "not_found" and state.exists:
                answer = partial(self._surroundings.answer_as_if_missing, self.stream, answer)
            if turn.facts:  # which the log may not take; then the reason for the refusal may be gone
                turn.unanswered.append(envelope)
                turn.refusals.append(answer)
            else:
                answer()
            return
        if (signal := decision.signal) is not None:
            by = envelope.context.by
            self._surroundings.signal(
                self.stream, signal_frame(signal.name, self.stream, by, signal.payload), by
            )
        self._type.note(state, decision, envelope.context)
        turn.unanswered.append(envelope)
        turn.decided.append((envelope, decision, len(turn.facts)))
        for fact in decision.facts:
            turn.facts.append(fact)
            if fact.stream == self.stream:
                self._type.apply(state, fact)
        if decision.facts:
            turn.writes.extend(envelope.writes)
            turn.conditions += envelope.conditions
            turn.files += envelope.context.files
        if decision.read is not None:
            turn.writes.append(MarkRead(envelope.context.by, self.id, decision.read))

    def _answer(self, turn: Turn, outcome: Appended) -> None:
        if self._memory.state is not None:
            self._type.confirm(self._memory.state, outcome.events)
        for envelope, decision, start in turn.decided:
            envelope.reply(decision.answer(outcome.events[start : start + len(decision.facts)]))
            if decision.read is not None:
                self._surroundings.read_marked(
                    envelope.context.by, self.stream, decision.read, decision.shown
                )
        for refuse in turn.refusals:
            refuse()


def _tell(envelopes: Sequence[Envelope], error: StoreUnavailable) -> None:
    for envelope in envelopes:
        once = isinstance(error, StoreUncertain) and getattr(envelope.command, "nonce", None) is not None
        envelope.reply(UNSETTLED if once else unavailable(error))


def _refuse(envelopes: Sequence[Envelope], refusal: Refusal) -> None:
    for envelope in envelopes:
        envelope.reply(refusal)

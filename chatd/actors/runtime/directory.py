"""The directory of stream actors: starts one on demand and stops idle ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from itertools import groupby
from typing import Final, Protocol

import trio

from chatd.actors.runtime.envelope import STOPPING, Envelope
from chatd.actors.runtime.log_writer import LogWriter
from chatd.actors.runtime.mailbox import Closed, MailboxTotals
from chatd.actors.runtime.stream_actor import StreamActor
from chatd.actors.runtime.stream_types import STREAM_TYPES, State
from chatd.actors.runtime.supervisor import supervise
from chatd.clock import new_id
from chatd.current.principal import SERVER, work_for
from chatd.current.request import work_at
from chatd.domain.event import Event, split_stream
from chatd.ports import Append, Appended, Reader, Row, StoreUnavailable, Taken
from chatd.tracing import Span

IDLE_CHECKS: Final = 4  # within the time after which an actor counts as idle


class Elsewhere(Protocol):
    """The other nodes of a cluster."""

    def takes(self, stream: str, envelope: Envelope) -> bool:
        """Whether another node decides it, which it is then asked to. Never waits."""


class Directory:
    """The running actors by stream; also what they need of the server."""

    def __init__(
        self,
        nursery: trio.Nursery,
        reader: Reader,
        writer: LogWriter,
        read_marked: Callable[[str, str, int, bool], None],
        signal: Callable[[str, Row, str], None],
        idle_after: float,
        learn_shared_spaces: Callable[[State], Awaitable[None]],
    ) -> None:
        self.reader = reader
        self._learn_shared_spaces = learn_shared_spaces
        self.read_marked = read_marked
        self.signal = signal
        self._writer = writer
        self._nursery = nursery
        self._idle_after = idle_after
        self._actors: dict[str, StreamActor] = {}
        self.asleep = {kind: MailboxTotals() for kind in STREAM_TYPES}  # of actors that sleep now
        self.elsewhere: Elsewhere | None = None
        self._closing = False
        self._empty = trio.Event()

    def __iter__(self) -> Iterator[StreamActor]:
        return iter(tuple(self._actors.values()))

    def counts(self) -> Counter[str]:
        """How many actors of each kind are awake."""
        return Counter(split_stream(stream)[0] for stream in self._actors)

    async def append(self, append: Append, spans: Sequence[Span] = ()) -> Appended | Taken:
        return await self._writer.append(append, spans)

    async def tell(self, stream: str, envelope: Envelope) -> None:
        """Has the stream's actor decide a command: here, or on the node that owns the stream."""
        if self.elsewhere is None or not self.elsewhere.takes(stream, envelope):
            await self.tell_here(stream, envelope)

    async def tell_here(self, stream: str, envelope: Envelope) -> None:
        """Puts a command into the mailbox of the stream's actor, waking it if it sleeps."""
        while not self._closing:
            try:
                await self._awake(stream).mailbox.tell(envelope)
            except Closed:
                continue  # it fell asleep while we waited for space
            return
        envelope.reply(STOPPING)

    def busy(self, stream: str) -> bool:
        """Whether the stream's actor has not answered all that it was told."""
        actor = self._actors.get(stream)
        return actor is not None and not actor.idle

    async def state_of(self, stream: str) -> State:
        """The stream's state, for reading before the next await. Raises StoreUnavailable."""
        actor = self._awake(stream)
        state = await actor.state()
        if not state.exists and actor.idle:
            actor.mailbox.close()
        return state

    async def wait_settled(self, stream: str) -> bool:
        """Returns when nothing is decided for the stream that may not come to be, because another node was
        first: true, if there was something. A server of its own need not wait: what looks at a decision
        stands behind it in the log, and falls with it."""
        actor = None if self.elsewhere is None else self._actors.get(stream)
        return actor is not None and await actor.wait_settled()

    def leaving_failed(self, stream: str) -> None:
        """Whoever seemed to have left the stream is in it still; its children may know otherwise."""
        for actor in self:
            actor.forget_child_of(stream)

    async def learn_shared_spaces(self, state: State) -> None:
        """Tells a direct room who in it still shares a space with the others. Raises StoreUnavailable."""
        await self._learn_shared_spaces(state)

    def forget(self, which: Callable[[str], bool]) -> None:
        """The actors of these streams read their state again: another node may have decided for them."""
        for actor in self:
            if which(actor.stream):
                actor.forget()

    def absorb(self, events: Sequence[Event]) -> None:
        """Others added these to the log, in this order."""
        for stream, run in groupby(events, key=lambda event: event.stream):
            if (actor := self._actors.get(stream)) is not None:
                actor.absorb(list(run))

    def give_way(self, stream: str, seconds: float) -> None:
        """Others, who decide for the stream as well, were too late with what they wanted to add to it. In
        these seconds they can add it."""
        if (actor := self._actors.get(stream)) is not None:
            actor.give_way(seconds)

    async def look_up_nothing(self, stream: str) -> None:
        """Reads from the store what an actor reads of a stream that does not exist, so that the time of the
        answer does not tell a hidden stream from a missing one."""
        nothing = f"{split_stream(stream)[0]}/{new_id()}"
        with suppress(StoreUnavailable):
            await self.reader.load(nothing)
            await self.reader.stream_events(nothing, 0, 1)

    def answer_as_if_missing(self, stream: str, answer: Callable[[], None]) -> None:
        """Calls `answer` after the time that looking for a missing stream takes."""

        async def late() -> None:
            await self.look_up_nothing(stream)
            answer()

        self._nursery.start_soon(late)

    async def put_idle_to_sleep(self) -> None:
        """Runs forever."""
        while True:
            await trio.sleep(self._idle_after / IDLE_CHECKS)
            before = trio.current_time() - self._idle_after
            for actor in self:
                if actor.idle and actor.last_used < before:
                    actor.mailbox.close()

    async def close(self) -> None:
        """Lets every actor answer what it took, leave its snapshot and stop."""
        self._closing = True
        self._empty = trio.Event()
        for actor in self:
            actor.mailbox.close()
        if self._actors:
            await self._empty.wait()

    def _awake(self, stream: str) -> StreamActor:
        actor = self._actors.get(stream)
        if actor is None or actor.mailbox.closed:
            actor = self._actors[stream] = StreamActor(stream, self)
            if self._closing:
                actor.mailbox.close()  # read from by others who finish; it takes nothing itself
            self._nursery.start_soon(self._live, actor, name=stream)
        return actor

    async def _live(self, actor: StreamActor) -> None:
        work_for(SERVER)  # not for whoever woke it
        work_at(None)
        await supervise(actor)
        self.asleep[split_stream(actor.stream)[0]].add(actor.statistics(), actor.restarts)
        if self._actors.get(actor.stream) is actor:
            del self._actors[actor.stream]
            if not self._actors:
                self._empty.set()

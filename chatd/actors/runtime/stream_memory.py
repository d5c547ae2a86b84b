"""What the actor of a stream has in memory of it: the state that the log makes.

It is read when somebody needs it, from a snapshot and the events after that. What others add to the stream
is taken in; what might say more than the log does is forgotten, and read again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import trio

from chatd.actors.runtime.stream_types import STREAM_TYPES, State, remember
from chatd.domain.event import Event, split_stream
from chatd.ports import PutSnapshot, Reader

LOAD_PAGE: Final = 2000  # events


class StreamMemory:
    """`state`: None while it is not known. `absorbed`: how often others added something."""

    def __init__(self, stream: str, reader: Reader) -> None:
        self.state: State | None = None
        self.absorbed = 0
        kind, self._id = split_stream(stream)
        self._stream = stream
        self._type = STREAM_TYPES[kind]
        self._reader = reader
        self._loading = trio.Lock()
        self._arrived: list[Event] = []  # what others added while the state was being read
        self._snapshot_seq = 0

    async def known(self) -> State:
        """The state, read unless it is known by now. Raises StoreUnavailable."""
        async with self._loading:
            state = self.state = self.state or self._caught_up(await self._load())
        return state

    def forget(self) -> None:
        self.state = None

    def absorb(self, events: Sequence[Event]) -> None:
        """Others added these to the stream, and they are durable."""
        self.absorbed += 1
        if self._loading.locked():
            self._arrived += events
        elif self.state is not None and not self._take_in(self.state, events):
            self.state = None

    def unsaved(self, state: State) -> int:
        """Facts since the newest snapshot."""
        head: int = state.head
        return head - self._snapshot_seq

    def snapshot(self, state: State) -> PutSnapshot:
        self._snapshot_seq = state.head
        return PutSnapshot(self._stream, state.head, self._type.dump(state))

    async def _load(self) -> State:
        type_ = self._type
        loaded = await self._reader.load(self._stream)
        state = type_.restore(loaded.snapshot) if loaded.snapshot is not None else None
        self._snapshot_seq = 0 if state is None else loaded.snapshot_seq
        if state is None:
            state = type_.state(self._id)
        while events := await self._reader.stream_events(self._stream, state.head, LOAD_PAGE):
            for event in events:
                type_.apply(state, event)
            type_.confirm(state, events)
        if type_.remembers and state.exists:
            remember(state, await self._reader.recent_posts(self._id, type_.remembers))
        return state

    def _caught_up(self, state: State) -> State:
        arrived, self._arrived = self._arrived, []
        self._take_in(state, [event for event in arrived if event.seq > state.head])
        return state

    def _take_in(self, state: State, events: Sequence[Event]) -> bool:
        """False: they do not follow from the state."""
        for event in events:
            if event.seq != state.head + 1:
                return False
            self._type.apply(state, event)
        self._type.confirm(state, events)
        return True

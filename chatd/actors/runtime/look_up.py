"""The look-up before a turn: what its commands are decided on, all of one moment.

The actor of a stream asks here; nothing is decided here, and nothing written.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from chatd.actors.runtime.envelope import Envelope
from chatd.actors.runtime.stream_memory import StreamMemory
from chatd.actors.runtime.stream_types import State, StreamType, load_messages, remember
from chatd.actors.runtime.surroundings import Surroundings
from chatd.contract.file import FileInfo
from chatd.contract.rows import pick
from chatd.domain.files import files_of
from chatd.ports import Row


class LookedUp(msgspec.Struct, frozen=True):
    """What a turn decides on. `messages`: those that its commands are about; None: they are about none.
    `markers`: of accounts that move one that the state does not know."""

    state: State
    parent_state: State | None
    messages: Sequence[Row] | None
    markers: dict[str, tuple[int, int]]

    def complete(self, type_: StreamType, known: Sequence[dict[str, Any]]) -> None:
        """Tells the state what its commands need beside it. `known`: posts that the log knew of."""
        state = self.state
        if self.parent_state is not None:
            type_.sync_members(state, self.parent_state)
        if self.messages is not None:
            load_messages(state, self.messages)
        for account, (read, furthest) in self.markers.items():
            state.read[account], state.furthest[account] = read, furthest
        if known:
            remember(state, known)


class LookUp:
    """Of one stream."""

    def __init__(self, id_: str, type_: StreamType, memory: StreamMemory, surroundings: Surroundings) -> None:
        self._id = id_
        self._type = type_
        self._memory = memory
        self._surroundings = surroundings

    async def of(self, envelopes: Sequence[Envelope], current: Callable[[], Awaitable[State]]) -> LookedUp:
        """All of one moment: again, where others added something or took it back meanwhile. `current` gives
        the state of the stream. Raises StoreUnavailable."""
        reader, surroundings = self._surroundings.reader, self._surroundings
        seqs = list({seq for envelope in envelopes for seq in self._type.messages_of(envelope.command)})
        while True:
            absorbed = self._memory.absorbed
            messages = await reader.message_states(self._id, seqs) if seqs else None
            readers = [one.context.by for one in envelopes if type(one.command) is self._type.reads]
            unknown = _without_marker(await current(), readers) if readers else ()
            stored = await reader.markers(self._id, unknown) if unknown else {}
            state = await current()
            parent = self._type.parent(state)
            parent_state = None if parent is None else await surroundings.state_of(parent)
            while parent is not None and await surroundings.wait_settled(parent):
                parent_state = await surroundings.state_of(parent)
            # Else it saw what did not come to be.
            if absorbed == self._memory.absorbed and self._memory.state is state:
                markers = {account: stored.get(account, (0, 0)) for account in unknown}
                return LookedUp(state, parent_state, messages, markers)

    async def with_files(self, envelope: Envelope) -> Envelope:
        """The envelope, whose context has the files that the command names and its caller may read."""
        by, operator = envelope.context.by, envelope.context.operator
        rows = await self._surroundings.reader.readable_files(files_of(envelope.command), by, operator)
        files = {row["id"]: pick(FileInfo, row) for row in rows}
        return replace(envelope, context=replace(envelope.context, files=files))


def _without_marker(state: State, readers: Sequence[str]) -> Sequence[str]:
    """Which members of these, who move their read markers, have none that is known yet."""
    members = (account for account in dict.fromkeys(readers) if account in state.members)
    return [account for account in members if account not in state.read]

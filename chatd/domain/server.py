"""The server's own stream: what was done to the server as a whole, by whom.

There is one. Nothing follows from its facts; they are there to be read by whoever looks after the server.
"""

from __future__ import annotations

from typing import Final

import attrs
from msgspec import Struct

from chatd.domain.decision import Context, Decision
from chatd.domain.event import Data, Event, Fact

SERVER_STREAM: Final = "server/main"


class RecordAct(Struct, frozen=True):
    """Records what has been done: a type of event of the server's stream, and its data."""

    type: str
    data: Data


@attrs.define
class ServerState:
    """`head` 0: nothing was done yet."""

    id: str
    head: int = 0

    @property
    def exists(self) -> bool:
        return self.head > 0


def decide(state: ServerState, command: RecordAct, context: Context) -> Decision:
    fact = Fact(SERVER_STREAM, state.head + 1, command.type, context.at, context.by, command.data)
    return Decision((fact,))


def apply(state: ServerState, event: Fact | Event) -> None:
    state.head = event.seq

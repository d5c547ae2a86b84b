"""The command bus: handlers and workers have a stream's actor decide a command, or write beside the log."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import msgspec
import trio

from chatd.actors.runtime.directory import Directory
from chatd.actors.runtime.envelope import Answer, Envelope, Reply
from chatd.actors.runtime.log_writer import LogWriter
from chatd.clock import new_id, now
from chatd.contract.errors import Refusal
from chatd.contract.quota import Quotas
from chatd.current.request import current_request
from chatd.domain.decision import Context
from chatd.ports import Append, Appended, Caller, Condition, Write
from chatd.tracing import tracing

T = TypeVar("T")


def context_of(caller: Caller, with_id: bool = True, quotas: Quotas | None = None) -> Context:
    """The context of a command that the caller gives now; `with_id`: the command may make something."""
    bound = None if caller.operator else quotas
    return Context(caller.by, now(), caller.operator, new_id() if with_id else "", quotas=bound)


class CommandBus(msgspec.Struct, frozen=True, eq=False):
    """Calls go down: from here to the actors, from the actors to the log writer."""

    directory: Directory
    writer: LogWriter

    async def ask(
        self,
        stream: str,
        command: Any,
        context: Context,
        result: type[T],
        *writes: Write,
        conditions: tuple[Condition, ...] = (),
    ) -> T | Refusal:
        """Has the stream's actor decide a command, and returns its answer when that is durable.

        `writes` are stored in the same transaction as the facts, if there are any; and all of that only while
        the conditions hold, otherwise the answer is `STALE`. `result` is the type of what the actor answers.
        Raises nothing: a store that fails is a refusal.
        """
        answers: list[Answer] = []
        answered = trio.Event()

        def reply(answer: Answer) -> None:
            answers.append(answer)
            answered.set()

        envelope = Envelope(command, context, reply, writes, conditions, current_request())
        await self.directory.tell(stream, envelope)
        await answered.wait()
        return cast("T | Refusal", answers[0])

    async def tell(self, stream: str, command: Any, context: Context, reply: Reply) -> None:
        """Has the stream's actor decide a command. Waits for space in its mailbox, but not for the answer,
        which is given to `reply`."""
        await self.directory.tell(stream, Envelope(command, context, reply, asked=current_request()))

    async def write(self, *writes: Write, conditions: tuple[Condition, ...] = ()) -> bool:
        """Makes writes beside the log durable; False, and nothing is written, when a condition does not hold.

        Raises StoreUnavailable.
        """
        request = current_request() if tracing.on else None
        spans = () if request is None else (request.span,)
        outcome = await self.writer.append(Append(writes=writes, conditions=conditions), spans)
        return isinstance(outcome, Appended)

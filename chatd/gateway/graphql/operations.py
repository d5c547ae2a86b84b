"""Operations that come over a WebSocket: questions to answer, and sessions to subscribe to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import trio
from graphql import ExecutionResult, OperationType
from msgspec import Struct
from msgspec.structs import replace

from chatd.contract.errors import Refusal
from chatd.gateway.graphql.asker import Asker, asker_of, asker_still
from chatd.gateway.graphql.execution import Execution, Question
from chatd.gateway.graphql.passes import Operation, refused
from chatd.gateway.graphql.subscription import Subscription
from chatd.gateway.net.live_connection import LiveConnections, OpenSession
from chatd.ports import Caller, Desk

Show = Callable[[ExecutionResult], Awaitable[None]]


class Speaker(Struct, frozen=True):
    """Who speaks on a connection: `peer` as the connection shows it, `asker` as its token does."""

    peer: Caller
    asker: Asker
    token: str | None


class Operations(Struct, frozen=True, eq=False):
    """One for the server. `connections`: all that have a session; subscriptions are among them."""

    desk: Desk
    execution: Execution
    open_session: OpenSession
    connections: LiveConnections

    async def admit(self, peer: Caller, token: str | None) -> Speaker | Refusal:
        """A stranger without a token; a token that is not good is refused."""
        asker = await asker_of(self.desk, peer, token)
        if token is not None and asker.refusal is not None:
            return asker.refusal
        return Speaker(peer, asker, token)

    async def answer(self, question: Question, speaker: Speaker, show: Show) -> tuple[int, str] | None:
        """Calls `show` with each result. Returns with which code and reason the session was closed, if it
        was; then the connection is to be closed as well."""
        asker = await asker_still(self.desk, speaker.peer, speaker.asker)
        prepared = await self.execution.prepare(asker, question)
        if isinstance(prepared, ExecutionResult):
            await show(prepared)
            return None
        operation, kind = prepared
        if kind is OperationType.SUBSCRIPTION:
            return await self._subscribe(operation, speaker, show)
        await show(await self.execution.execute(asker, operation))
        return None

    async def _subscribe(self, operation: Operation, speaker: Speaker, show: Show) -> tuple[int, str] | None:
        cursor = await self.execution.cursor(speaker.asker, operation)
        subscription = Subscription(speaker.peer, speaker.token, cursor)
        self.connections.add(subscription)
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(subscription.converse, self.open_session(subscription))
                while frames := await subscription.frames():
                    for frame in frames:
                        shown = replace(operation, root=frame)
                        await show(await self.execution.execute(speaker.asker, shown))
            if subscription.refused is not None:
                await show(refused(subscription.refused))
        finally:
            self.connections.discard(subscription)
            subscription.lose()
        return subscription.closing

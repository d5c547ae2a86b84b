"""Answering: who answers a request that was found in order. Sessions and the desk ask here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final

import msgspec

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.actors.runtime.envelope import Answer, unavailable
from chatd.actors.workers.mention_names import MentionNames
from chatd.contract.errors import Refusal
from chatd.contract.quota import Quotas
from chatd.contract.spec import RequestType
from chatd.domain.decision import Context
from chatd.domain.event import account_stream, room_stream, space_stream
from chatd.domain.files import files_of
from chatd.handlers.known_elsewhere import level
from chatd.handlers.registry import Handler
from chatd.ports import Caller, Freshness, StoreUnavailable

REFRESH: Final = "account.refresh"
_STREAMS: Final = {"room": room_stream, "space": space_stream}


class Answering(msgspec.Struct, frozen=True, eq=False):
    handlers: Mapping[str, Handler]
    commands: CommandBus
    names: MentionNames
    quotas: Quotas | None
    fresh: Freshness | None = None

    async def of_handler(self, request: RequestType, caller: Caller, data: Any) -> Answer:
        """What the handler says. A bug of it is its own; a store that fails is a refusal."""
        try:
            return await self._ask(request, partial(self.handlers[request.name], caller, data))
        except StoreUnavailable as error:
            return unavailable(error)

    async def context(self, request: RequestType, caller: Caller, data: Any) -> Context:
        """The context of a command that a stream decides. Raises StoreUnavailable."""
        if self.fresh is not None and files_of(data):
            await level(self.fresh)  # what was uploaded to another server is known to the stream's owner then
        context = context_of(caller, not request.pipelined, self.quotas)
        if self.names.concerns(data):
            return await self.names.context(context, data.text)
        return context

    async def of_stream(self, request: RequestType, caller: Caller, data: Any) -> Answer:
        """What the actor of the stream says, when that is durable. Raises StoreUnavailable."""
        stream, context = stream_of(request, caller, data), await self.context(request, caller, data)
        return await self._ask(request, partial(self.commands.ask, stream, data, context, object))

    async def _ask(self, request: RequestType, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Once more, where what was asked about may be known to another server only."""
        seen = self.fresh and self.fresh.sequence
        answer = await ask()
        if self.fresh is not None and _lacks(request, answer):
            await level(self.fresh)
            if self.fresh.sequence != seen:
                return await ask()
        return answer


def _lacks(request: RequestType, answer: Answer) -> bool:
    """Whether what was asked about may be there, but be known to another server only."""
    if not isinstance(answer, Refusal):
        return False
    return answer.code == "not_found" or (answer.code == "unauthenticated" and request.name == REFRESH)


def stream_of(request: RequestType, caller: Caller, data: Any) -> str:
    """The stream that decides the command."""
    if request.decided_by == "account":
        return account_stream(caller.account or caller.by)
    return _STREAMS[request.decided_by](getattr(data, request.decided_by))

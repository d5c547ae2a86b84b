"""The subprotocol graphql-transport-ws (PROTOCOL.md of the package graphql-ws), the server's side.

A client says who it is, and then has several operations at the same time. A subscription is a session with
the promises of one; queries and mutations may come this way as well.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
import trio
from graphql import ExecutionResult
from trio_websocket import WebSocketConnection

from chatd.concurrency.standstill import stood_still
from chatd.contract.errors import Refusal
from chatd.gateway.graphql.execution import Question
from chatd.gateway.graphql.operations import Operations, Speaker
from chatd.gateway.graphql.passes import refused
from chatd.ports import Caller

SUBPROTOCOL: Final = "graphql-transport-ws"
MAX_OPERATIONS: Final = 20  # of a connection at the same time
MAX_ID: Final = 128  # characters of the id of an operation
TOO_MANY: Final = Refusal("overloaded", f"a connection carries at most {MAX_OPERATIONS} operations at a time")
_REASON_BYTES: Final = 123  # RFC 6455, 5.5


class End(Exception):
    """The connection is to be closed with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        self.code = code
        self.reason = reason.encode()[:_REASON_BYTES].decode(errors="ignore")


class Incoming(msgspec.Struct, frozen=True):
    """What a client says."""

    type: str
    id: str | None = None
    payload: Any = None


_decode: Final = msgspec.json.Decoder(Incoming).decode


class Conversation:
    """One connection. Its client's messages are taken in order, operations go on beside each other."""

    def __init__(
        self, operations: Operations, websocket: WebSocketConnection, peer: Caller, bearer: str | None
    ) -> None:
        self._operations = operations
        self._websocket = websocket
        self._peer = peer
        self._bearer = bearer
        self._under_way: dict[str, trio.CancelScope] = {}  # by the ids that are taken
        self._running = 0

    async def run(self, nursery: trio.Nursery, patience: float) -> None:
        """`patience`: seconds for the client to say who it is. Raises End, and ConnectionClosed."""
        speaker = await self._begin(await self._first(patience))
        while True:
            said = await self._next()
            match said.type:
                case "subscribe":
                    await self._subscribe(said, nursery, speaker)
                case "complete":
                    if (operation := self._under_way.pop(said.id or "", None)) is not None:
                        operation.cancel()
                case "connection_init":
                    raise End(4429, "Too many initialisation requests")
                case _:
                    raise End(4400, "no message of this type is known")

    async def _first(self, patience: float) -> Incoming:
        while True:
            with trio.move_on_after(patience) as waiting:
                return await self._next()
            if not stood_still(waiting):
                raise End(4408, "Connection initialisation timeout")

    async def _begin(self, said: Incoming) -> Speaker:
        if said.type != "connection_init":
            raise End(4401, "Unauthorized")
        speaker = await self._operations.admit(self._peer, _token(said) or self._bearer)
        if isinstance(speaker, Refusal):
            raise End(4403, f"Forbidden: {speaker.message}")
        await self._say({"type": "connection_ack"})
        return speaker

    async def _next(self) -> Incoming:
        """The next message that is not about the connection being alive."""
        while True:
            try:
                said = _decode(await self._websocket.get_message())
            except msgspec.DecodeError as error:
                raise End(4400, f"no message of {SUBPROTOCOL}: {error}") from None
            except RecursionError:
                raise End(4400, f"no message of {SUBPROTOCOL}: it is nested too deep") from None
            if said.type == "ping":
                await self._say({"type": "pong"})
            elif said.type != "pong":
                return said

    async def _subscribe(self, said: Incoming, nursery: trio.Nursery, speaker: Speaker) -> None:
        if not said.id or len(said.id) > MAX_ID:
            raise End(4400, f"an operation has an id of 1 to {MAX_ID} characters")
        if said.id in self._under_way:
            raise End(4409, f"Subscriber for {said.id} already exists")
        try:
            question = msgspec.convert(said.payload, Question)
        except msgspec.ValidationError as error:
            raise End(4400, f"payload: {error}") from None
        if self._running >= MAX_OPERATIONS:
            await self._show(said.id, refused(TOO_MANY))  # who does not read it is not read either
        else:
            self._running += 1
            operation = self._under_way[said.id] = trio.CancelScope()
            nursery.start_soon(self._operate, said.id, operation, question, speaker)

    async def _operate(
        self, id_: str, operation: trio.CancelScope, question: Question, speaker: Speaker
    ) -> None:
        goes_on = True

        async def show(result: ExecutionResult) -> None:
            nonlocal goes_on
            goes_on = await self._show(id_, result)

        closing = None
        try:
            with operation:
                closing = await self._operations.answer(question, speaker, show)
                if goes_on:
                    await self._say({"type": "complete", "id": id_})
        finally:
            self._running -= 1
            if self._under_way.get(id_) is operation:  # the client may have given the id to another one
                del self._under_way[id_]
        if closing is not None:
            await self._websocket.aclose(*closing)

    async def _show(self, id_: str, result: ExecutionResult) -> bool:
        """A result, or what is wrong with the whole operation; then it does not go on."""
        if result.data is None and result.errors:
            errors = [error.formatted for error in result.errors]
            await self._say({"type": "error", "id": id_, "payload": errors})
            return False
        await self._say({"type": "next", "id": id_, "payload": result.formatted})
        return True

    async def _say(self, message: dict[str, Any]) -> None:
        await self._websocket.send_message(msgspec.json.encode(message).decode())


def _token(said: Incoming) -> str | None:
    """Of the client's `connectionParams`: `token`, or `Authorization` as the header of this name says it.
    Raises End."""
    try:
        given = msgspec.convert(said.payload or {}, dict[str, Any])
        values = {name.lower(): value for name, value in given.items()}
        value = msgspec.convert(values.get("token") or values.get("authorization"), str | None)
    except msgspec.ValidationError:
        raise End(4400, "the payload of connection_init is an object whose token is a text") from None
    return None if value is None else value.rpartition(" ")[2]

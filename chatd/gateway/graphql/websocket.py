"""`/api/graphql` over a WebSocket: handshake, keep-alive and end of a connection.

trio-websocket reads and writes it; `conversation` is what is spoken.
"""

from __future__ import annotations

from functools import partial
from typing import Final

import trio
import trio_websocket
from trio_websocket import WebSocketConnection

from chatd.auth.rate_limits import TokenBucket
from chatd.concurrency.standstill import stood_still
from chatd.gateway.graphql.conversation import SUBPROTOCOL, Conversation, End
from chatd.gateway.graphql.execution import MAX_QUESTION
from chatd.gateway.graphql.operations import Operations
from chatd.gateway.net.stream import SocketStream
from chatd.gateway.websocket.bounds import BoundedStream, MessageBounds
from chatd.gateway.websocket.closing import close_frame, protocol_error_frame
from chatd.gateway.websocket.reader import RECEIVE_BYTES
from chatd.ports import Caller
from chatd.settings import Rate, Settings

CLOSE_DEADLINE: Final = 2.0  # seconds for the closing handshake
STOPPING: Final = End(1001, "the server is stopping")


async def serve_graphql(
    stream: SocketStream,
    peer: Caller,
    bearer: str | None,
    settings: Settings,
    operations: Operations,
    stopping: trio.Event,
) -> None:
    """Serves the connection, whose handshake the stream still holds, until either side ends it."""
    bounds = MessageBounds(MAX_QUESTION)
    paced = settings.limits and not peer.operator
    pace = TokenBucket(Rate.parse(settings.rate_frames)) if paced else None
    try:
        async with trio.open_nursery() as nursery:
            websocket = None
            with trio.move_on_after(settings.head_deadline):
                websocket = await _shake_hands(nursery, BoundedStream(stream, bounds, pace))
            if websocket is not None:
                stream.framed, stream.final_frame = True, partial(_final_frame, websocket, bounds)
                nursery.start_soon(keep_alive, websocket, settings, nursery.cancel_scope)
                end = await _converse(Conversation(operations, websocket, peer, bearer), settings, stopping)
                with trio.move_on_after(CLOSE_DEADLINE):
                    await websocket.aclose(end.code, end.reason)
            nursery.cancel_scope.cancel()
    except* (trio_websocket.ConnectionClosed, trio.BrokenResourceError, trio.ClosedResourceError):
        pass


async def _shake_hands(nursery: trio.Nursery, stream: BoundedStream) -> WebSocketConnection:
    request = await trio_websocket.wrap_server_stream(
        nursery, stream, max_message_size=MAX_QUESTION, receive_buffer_size=RECEIVE_BYTES
    )
    return await request.accept(subprotocol=SUBPROTOCOL)


def _final_frame(websocket: WebSocketConnection, bounds: MessageBounds) -> bytes:
    return close_frame(*bounds.violation) if bounds.violation else protocol_error_frame(websocket.closed)


async def _converse(conversation: Conversation, settings: Settings, stopping: trio.Event) -> End:
    """Why the conversation ended."""
    end = STOPPING
    async with trio.open_nursery() as nursery:

        async def stop() -> None:
            await stopping.wait()
            nursery.cancel_scope.cancel()

        nursery.start_soon(stop)
        try:
            await conversation.run(nursery, settings.auth_deadline)
        except End as said:
            end = said
        nursery.cancel_scope.cancel()
    return end


async def keep_alive(
    websocket: WebSocketConnection, settings: Settings, connection: trio.CancelScope
) -> None:
    """Ends the connection of a peer that answers no ping."""
    while True:
        await trio.sleep(settings.ping_interval)
        with trio.move_on_after(settings.ping_timeout) as patience:
            await websocket.ping()
        if patience.cancelled_caught and not stood_still(patience):
            connection.cancel()

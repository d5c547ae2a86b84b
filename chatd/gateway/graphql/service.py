"""GraphQL as the gateway sees it. Only this module is loaded from outside, and only when somebody asks.

Raises ModuleNotFoundError where the extra `chatd[graphql]` is not installed.
"""

from __future__ import annotations

from typing import Final

import trio
from starlette.requests import Request
from starlette.responses import Response

from chatd.contract.http import GRAPHQL
from chatd.gateway.graphql.conversation import SUBPROTOCOL
from chatd.gateway.graphql.endpoint import Endpoint
from chatd.gateway.graphql.execution import Execution
from chatd.gateway.graphql.operations import Operations
from chatd.gateway.graphql.websocket import serve_graphql
from chatd.gateway.http.server.refusal import BadHead, plain_response
from chatd.gateway.http.server.request_head import Head
from chatd.gateway.net.live_connection import LiveConnections, OpenSession
from chatd.gateway.net.stream import SocketStream
from chatd.gateway.websocket.handshake import proposed, retold
from chatd.ports import Caller, Desk
from chatd.settings import Settings

OTHER_SUBPROTOCOL: Final = BadHead(400, f"the WebSocket at this path speaks {SUBPROTOCOL}", GRAPHQL)


class GraphQL:
    """One for the server."""

    def __init__(
        self, settings: Settings, desk: Desk, open_session: OpenSession, connections: LiveConnections
    ) -> None:
        execution = Execution(desk, settings.limits)
        self._settings = settings
        self._endpoint = Endpoint(desk, execution)
        self._operations = Operations(desk, execution, open_session, connections)

    async def answer(self, request: Request) -> Response:
        """Over HTTP."""
        return await self._endpoint.answer(request)

    async def serve(self, stream: SocketStream, head: Head, peer: Caller, stopping: trio.Event) -> None:
        """Over a WebSocket, whose handshake `head` the stream still holds."""
        if SUBPROTOCOL not in proposed(head):
            await stream.send_all(plain_response(OTHER_SUBPROTOCOL))
            return
        stream.unread_head = retold(head, SUBPROTOCOL)
        await serve_graphql(stream, peer, head.bearer, self._settings, self._operations, stopping)

"""`/api/graphql`: loads GraphQL when somebody asks for it first, and says so where it is not installed."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

import trio
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chatd.contract.http import GRAPHQL
from chatd.gateway.http.server.refusal import BadHead, plain_response, refusal_body
from chatd.gateway.http.server.request_head import Head
from chatd.gateway.net.live_connection import LiveConnections, OpenSession
from chatd.gateway.net.stream import SocketStream
from chatd.ports import Caller, Desk
from chatd.settings import Settings

if TYPE_CHECKING:
    from chatd.gateway.graphql.service import GraphQL

NOT_INSTALLED: Final = BadHead(
    501, "this server has no GraphQL; whoever runs it can install it: pip install 'chatd[graphql]'", GRAPHQL
)


class GraphQLRoute:
    """`connections`: all that have a session. `stopping`: set when the server stops."""

    def __init__(
        self,
        settings: Settings,
        desk: Desk,
        open_session: OpenSession,
        connections: LiveConnections,
        stopping: trio.Event,
    ) -> None:
        self._settings = settings
        self._desk = desk
        self._open_session = open_session
        self._connections = connections
        self._stopping = stopping
        self._loading = trio.Lock()
        self._loaded: GraphQL | None = None

    def routes(self) -> list[Route]:
        return [Route(GRAPHQL, self._answer, methods=["GET", "POST"])]

    async def serve(self, stream: SocketStream, head: Head, peer: Caller) -> None:
        """The WebSocket at the same path."""
        graphql = await self._load()
        if graphql is None:
            await stream.send_all(plain_response(NOT_INSTALLED))
        else:
            await graphql.serve(stream, head, peer, self._stopping)

    async def _answer(self, request: Request) -> Response:
        graphql = await self._load()
        if graphql is not None:
            return await graphql.answer(request)
        media_type, body = refusal_body(NOT_INSTALLED.status, NOT_INSTALLED.reason, GRAPHQL)
        return Response(body, NOT_INSTALLED.status, media_type=media_type)

    async def _load(self) -> GraphQL | None:
        async with self._loading:
            if self._loaded is None:
                try:
                    module = await trio.to_thread.run_sync(import_module, "chatd.gateway.graphql.service")
                except ModuleNotFoundError as error:
                    if (error.name or "").partition(".")[0] != "graphql":
                        raise
                    return None
                self._loaded = module.GraphQL(
                    self._settings, self._desk, self._open_session, self._connections
                )
        return self._loaded

"""Drives one request after another: hands each to the application, and says whether the connection can serve
another one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Final

import trio

from chatd.contract.field_errors import shorten
from chatd.current.staying import stays_until
from chatd.gateway.http.counting.http_counts import HttpCounts
from chatd.gateway.http.server import cors
from chatd.gateway.http.server.compression import Compression
from chatd.gateway.http.server.conditions import is_conditional
from chatd.gateway.http.server.exchange import App, Exchange, scope_of
from chatd.gateway.http.server.refusal import BadHead, plain_response
from chatd.gateway.http.server.request_head import HEAD_BYTES, Head
from chatd.gateway.http.server.traffic import Traffic
from chatd.gateway.net.own_addresses import OwnAddresses
from chatd.gateway.net.stream import SocketStream
from chatd.log import log
from chatd.ports import Caller

GONE: Final = 499  # counted for a client that went away before its response was whole
CRASHED: Final = BadHead(HTTPStatus.INTERNAL_SERVER_ERROR, "this is a bug of the server; its log says more")


class Driver:
    """`answered`: responses by status since the start."""

    def __init__(
        self,
        app: App,
        traffic: Traffic,
        counts: HttpCounts,
        own: Callable[[], OwnAddresses],
        body_deadline: float,
    ) -> None:
        self.answered: Counter[int] = Counter()
        self._app = app
        self._traffic = traffic
        self._counts = counts
        self._own = own
        self._compression = Compression()
        self._patience = body_deadline

    @property
    def received(self) -> int:
        """Bytes of the bodies of requests."""
        return self._counts.received

    async def serve(self, stream: SocketStream, head: Head, caller: Caller) -> bool:
        """Serves the request whose head was read from this stream; whether another may follow."""
        exchange = Exchange(stream, head, self._compression, self._patience, self._traffic.stopping)
        response = exchange.response
        stays_until(partial(stream.ended, HEAD_BYTES))
        try:
            crashed = False
            if not await self._answered_preflight(exchange, head):
                crashed = await self._run(stream, exchange, head, caller)
            return await self._finish(stream, head, exchange, crashed)
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            return False
        finally:
            stays_until(None)  # the connection may go on as a WebSocket
            self._counts.received += exchange.body.size
            self._counts.sent += response.sent
            self.answered[response.status if response.complete else GONE] += 1

    async def _answered_preflight(self, exchange: Exchange, head: Head) -> bool:
        own = self._own()
        if not own.shares or not cors.is_shared(head):
            return False
        if cors.is_preflight(head) and (fields := cors.preflight_fields(head, own)) is not None:
            await exchange.send({"type": "http.response.start", "status": 204, "headers": fields})
            await exchange.send({"type": "http.response.body"})
            return True
        exchange.response.added = cors.response_fields(head, own)
        return False

    async def _run(self, stream: SocketStream, exchange: Exchange, head: Head, caller: Caller) -> bool:
        """Whether the application crashed."""
        scope = scope_of(head, caller, {"stopping": self._traffic.stopping})
        try:
            if head.method == "GET" and not is_conditional(head):
                await self._app(scope, exchange.receive, exchange.send)
            else:
                with trio.CancelScope() as exchange.running:
                    await self._app(scope, exchange.receive, exchange.send)
        except Exception:  # one request that crashes must not end the others
            if stream.broken or exchange.refusal is not None:
                return False  # it was told that the client is gone
            log.exception("request_crashed", method=head.method, path=shorten(head.path))
            return True
        return False

    async def _finish(self, stream: SocketStream, head: Head, exchange: Exchange, crashed: bool) -> bool:
        response, refusal = exchange.response, exchange.refusal
        if stream.broken:
            return False
        if response.complete:
            if response.lasts and not crashed:
                return await self._settled(exchange)
            return False
        if refusal is None and not crashed:
            log.error("request_unanswered", method=head.method, path=shorten(head.path))
        if response.begun:
            stream.reset()
            return False
        if refusal is not None:
            self._counts.refused[refusal.status] += 1
        bad = refusal or CRASHED
        response.status, response.complete = bad.status, True
        await stream.send_all(plain_response(bad, head.path, head.method))
        return False

    async def _settled(self, exchange: Exchange) -> bool:
        try:
            await exchange.body.discard()
        except BadHead:
            return False
        return True

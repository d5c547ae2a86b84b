"""Observes each HTTP request from outside: gives it an id, counts it, logs it, traces it.

The id is the client's `X-Request-Id` if that is well formed, otherwise a new one; the response says it, and
every line of the log that belongs to the request. A trace goes on from a `traceparent` (W3C Trace Context).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from time import perf_counter
from typing import Any, Final

from chatd.current.request import CurrentRequest, work_at
from chatd.gateway.http.counting.http_counts import NO_ROUTE, HttpCounts
from chatd.gateway.http.request_ids import REQUEST_ID, request_id
from chatd.log import log
from chatd.tracing import Span, tracing

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]

ROUTE: Final = "chatd.route"  # in the scope: the template of a route that Starlette does not know
UNANSWERED: Final = 499  # the client went away, or the application crashed, before there was a status


def observed(app: App, counts: HttpCounts) -> App:
    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        observation = _Observation(scope, send, counts)
        work_at(observation.asked)
        try:
            await app(scope, receive, observation.send)
        finally:
            observation.end()

    return serve


class _Observation:
    """Of one request. It is counted when its response begins, before anybody sees that."""

    def __init__(self, scope: Scope, send: Send, counts: HttpCounts) -> None:
        self._scope = scope
        self._send = send
        self._counts = counts
        self._status: int | None = None
        headers: Headers = scope["headers"]
        self._id = request_id(headers)
        self.asked = CurrentRequest("", self._id.decode(), perf_counter(), _begin(headers))

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._count(message["status"])
            message["headers"] = [*message.get("headers", ()), (REQUEST_ID, self._id)]
        await self._send(message)

    def _count(self, status: int) -> None:
        self._status = status
        method, route = self._scope["method"], route_of(self._scope)
        seconds = perf_counter() - self.asked.started
        self._counts.count(method, route, status, seconds)
        if log.debugs:
            took = round(seconds * 1000, 3)
            log.debug("http_request", method=method, route=route, status=status, ms=took)

    def end(self) -> None:
        if self._status is None:
            self._count(UNANSWERED)
        if tracing.on:
            about = {"http.request.method": self._scope["method"], "http.route": route_of(self._scope)}
            tracing.end(self.asked.span, str(self._status), **about, **self.asked.fields())


def _begin(headers: Headers) -> Span:
    if not tracing.on:
        return None
    parent = next((value for name, value in headers if name == b"traceparent"), None)
    return tracing.begin("HTTP", None if parent is None else parent.decode("latin-1"))


def route_of(scope: Scope) -> str:
    """The template of the route that took the request."""
    if (known := scope.get(ROUTE)) is not None:
        return str(known)
    return str(getattr(scope.get("route"), "path", NO_ROUTE))

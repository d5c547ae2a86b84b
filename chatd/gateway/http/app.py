"""Plain HTTP: the routes that are given, REST before them, with errors said in one way.

Starlette routes requests, `driver` speaks HTTP/1.1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from http import HTTPStatus
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute

from chatd.gateway.http.account_forms import FORMS
from chatd.gateway.http.counting.http_counts import HttpCounts
from chatd.gateway.http.counting.observed import observed
from chatd.gateway.http.graphql_route import GraphQLRoute
from chatd.gateway.http.rest.rest import Rest
from chatd.gateway.http.server.body_limit import FORM_BODY, body_limit
from chatd.gateway.http.server.driver import CRASHED, Driver
from chatd.gateway.http.server.exchange import App, Message, Receive, Send
from chatd.gateway.http.server.refusal import refusal_body
from chatd.gateway.http.server.traffic import Traffic
from chatd.gateway.net.own_addresses import OwnAddresses
from chatd.ports import Desk, StoreUnavailable
from chatd.settings import Settings


class Routes(Protocol):
    def routes(self) -> Sequence[BaseRoute]: ...


class Http:
    """Serves plain HTTP requests, each with a call of `serve`."""

    def __init__(
        self,
        settings: Settings,
        own: Callable[[], OwnAddresses],
        traffic: Traffic,
        counts: HttpCounts,
        desk: Desk,
        graphql: GraphQLRoute,
        others: Sequence[Routes],
    ) -> None:
        routes = [route for group in (graphql, *others) for route in group.routes()]
        handlers = {StoreUnavailable: _not_storing, HTTPException: _refused, Exception: _crashed}
        app = Starlette(routes=routes, exception_handlers=handlers)
        app.router.redirect_slashes = False  # it would send a browser to whatever `Host` says
        self.serve_graphql = graphql.serve
        observing = observed(_dispatched(Rest(desk), _reads_forms(app)), counts)
        self.serve = Driver(observing, traffic, counts, own, settings.body_deadline).serve


async def _not_storing(request: Request, error: Exception) -> Response:
    return PlainTextResponse("the server cannot store this now; try again in a moment\n", 503)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    allowed = {"Allow": _methods(request)} if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED else {}
    return _refusal(
        request, error.status_code, f"{error.detail}".lower(), {**(error.headers or {}), **allowed}
    )


def _methods(request: Request) -> str:
    """All that its path takes: Starlette knows those of the first route alone."""
    there = (one for one in request.app.routes if one.path_regex.match(request.url.path))
    return ", ".join(sorted({method for route in there for method in route.methods}))


async def _crashed(request: Request, error: Exception) -> Response:
    return _refusal(request, CRASHED.status, CRASHED.reason)


def _refusal(
    request: Request, status: int, reason: str, headers: Mapping[str, str] | None = None
) -> Response:
    media_type, body = refusal_body(status, reason, request.url.path)
    return Response(body, status, headers, media_type)


def _reads_forms(app: App) -> App:
    """Reads the body of a request before the application does anything, except where bodies are streamed, and
    except one that nobody wants and whose client waits to be asked for it."""

    async def served(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        path = scope["path"]
        unasked = path not in FORMS and any(name == b"expect" for name, _ in scope["headers"])
        if unasked or body_limit(path) != FORM_BODY:
            await app(scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return  # the driver says why
            body, more = body + message["body"], message["more_body"]
        left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive_next() -> Message:
            return left.pop() if left else await receive()

        await app(scope, receive_next, send)

    return served


def _dispatched(rest: Rest, app: App) -> App:
    """Most requests are REST's, which need nothing of Starlette."""

    async def dispatched(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        await (rest if rest.serves(scope["path"]) else app)(scope, receive, send)

    return dispatched

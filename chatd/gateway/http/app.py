"""Plain HTTP: browser client, health, metrics, forms for the first start and for recovery, single sign-on.

Starlette routes requests, `driver` speaks HTTP/1.1.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Final
from urllib.parse import parse_qsl, quote

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from chatd.actors.workers.health import Health
from chatd.contract.account import AccountResult
from chatd.contract.errors import Refusal
from chatd.contract.http import STATUS
from chatd.contract.server import ServerStatus
from chatd.gateway.http import pages
from chatd.gateway.http.api_docs import ApiDocs
from chatd.gateway.http.counting.http_counts import HttpCounts
from chatd.gateway.http.counting.observed import observed
from chatd.gateway.http.files.routes import FilePorts, file_routes
from chatd.gateway.http.graphql_route import GraphQLRoute
from chatd.gateway.http.monitor import Monitor
from chatd.gateway.http.rest.rest import Rest
from chatd.gateway.http.server.body_limit import FORM_BODY, body_limit
from chatd.gateway.http.server.driver import CRASHED, Driver
from chatd.gateway.http.server.exchange import App, Message, Receive, Send
from chatd.gateway.http.server.problem import MEDIA_TYPE, problem
from chatd.gateway.http.server.refusal import refusal_body
from chatd.gateway.http.server.traffic import Traffic
from chatd.gateway.http.standby_routes import StandbyRoutes
from chatd.gateway.http.web_client import WebClient
from chatd.gateway.net.client_address import Networks
from chatd.gateway.net.own_addresses import OwnAddresses
from chatd.handlers.figures import Figures
from chatd.ports import Caller, Desk, SsoFlow, StoreUnavailable
from chatd.settings import Settings

# Takes the form's code, name, password, space, room; returns the first account.
SetUp = Callable[[str, str, str, str, str], Awaitable[AccountResult | Refusal]]
# Takes code and new password; returns the account's name.
Recover = Callable[[str, str], Awaitable[str | Refusal]]

FORMS: Final = frozenset({"/setup", "/recover"})  # what is posted there
FORM_FIELDS: Final = 8
BY_PROXY: Final = (
    "metrics are not served through a proxy; ask this server itself, or set `metrics_through_proxy`\n"
)
NOT_STORING: Final = "nothing can be stored; `chatctl server status` says why"
_FORWARDED: Final = frozenset(
    (
        *("forwarded", "via", "x-real-ip", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"),
        *("x-forwarded-server", "cf-connecting-ip", "true-client-ip"),
    )
)  # what proxies add to a request


class Http:
    """Serves plain HTTP requests, each with a call of `serve`."""

    def __init__(
        self,
        settings: Settings,
        ready: Callable[[], bool],
        health: Health,
        own: Callable[[], OwnAddresses],
        set_up: SetUp,
        recover: Recover,
        sso: SsoFlow,
        status: Callable[[], Awaitable[ServerStatus]],
        traffic: Traffic,
        figures: Figures,
        counts: HttpCounts,
        desk: Desk,
        graphql: GraphQLRoute,
        files: FilePorts,
        standby: StandbyRoutes,
    ) -> None:
        self._settings = settings
        self._ready = ready
        self._health = health
        self._set_up = set_up
        self._set_password = recover
        self._sso = sso
        self._status = status
        self._figures = figures
        self._counts = counts
        self._files = files.counts
        self._metrics_readers = Networks(settings.metrics)
        self._own = own
        self._client = WebClient(settings, own)
        routes = [
            *self._client.routes(),
            Route("/setup", self._setup_form),
            Route("/setup", self._setup, methods=["POST"]),
            Route("/auth/oidc/start", self._begin_sso),
            Route("/auth/oidc/callback", self._finish_sso),
            Route("/recover", self._recovery_form),
            Route("/recover", self._recover, methods=["POST"]),
            Route("/healthz", self._healthz),
            Route("/readyz", self._readyz),
            Route("/metrics", self._metrics),
            *ApiDocs(settings.server_name).routes(),
            *Monitor(settings.server_name).routes(),
            *graphql.routes(),
            *file_routes(desk, files, settings.max_file),
            *standby.routes(),
        ]
        handlers = {StoreUnavailable: _not_storing, HTTPException: _refused, Exception: _crashed}
        app = Starlette(routes=routes, exception_handlers=handlers)
        app.router.redirect_slashes = False  # it would send a browser to whatever `Host` says
        self.serve_graphql = graphql.serve
        observing = observed(_dispatched(Rest(desk), _reads_forms(app)), counts)
        self.serve = Driver(observing, traffic, counts, own, settings.body_deadline).serve

    async def _healthz(self, request: Request) -> Response:
        """The process is alive. Also while its database is not where it belongs: whoever restarts it for
        that loses what a backup can still save."""
        return PlainTextResponse("ok\n" if self._health.ready else f"ok, but {NOT_STORING}\n")

    async def _readyz(self, request: Request) -> Response:
        ready = self._ready() and self._health.ready
        why = {} if self._health.ready else {"problem": NOT_STORING}
        return JSONResponse({"ready": ready, **why}, 200 if ready else 503)

    async def _metrics(self, request: Request) -> Response:
        caller: Caller = request.state.caller
        if not caller.operator and self._proxied(request) and not self._settings.metrics_through_proxy:
            return PlainTextResponse(BY_PROXY, 403)
        if not caller.operator and caller.address not in self._metrics_readers:
            return PlainTextResponse("your address is not among those of the setting `metrics`\n", 403)
        from chatd.gateway.http.counting import metrics

        page = await metrics.exposition(await self._status(), self._figures, self._counts, self._files)
        return Response(page, media_type=metrics.MEDIA_TYPE)

    def _proxied(self, request: Request) -> bool:
        """Whether a proxy passed it on. Those that say nothing of themselves speak HTTP/1.0, as nginx does
        unless told otherwise, or pass on a `Host` that only a proxy with TLS can have been asked for."""
        headers = request.headers
        return (
            not _FORWARDED.isdisjoint(headers)
            or request.scope["http_version"] == "1.0"
            or self._own().is_public(headers.get("host", ""))
        )

    async def _recovery_form(self, request: Request) -> Response:
        return await pages.recovery(request.query_params.get("code", ""))

    async def _recover(self, request: Request) -> Response:
        form = await _form(request)
        code = form.get("code", "")
        done = await self._set_password(code, form.get("password", ""))
        if isinstance(done, Refusal):
            return await pages.recovery(code, done)
        return await pages.recovered(done)

    async def _setup_form(self, request: Request) -> Response:
        """In the client where there is one and a browser asks for a page to show; else a plain form."""
        code = request.query_params.get("code", "")
        if request.headers.get("sec-fetch-mode") == "navigate" and await self._client.is_built():
            # Behind the `#` the code is sent nowhere any more.
            return _redirect(f"/#/setup/{quote(code, safe='')}")
        return await pages.setup(code)

    async def _setup(self, request: Request) -> Response:
        form = await _form(request)
        code, name, password, space = (form.get(key, "") for key in ("code", "name", "password", "space"))
        room = form.get("room", pages.FIRST_ROOM)
        done = await self._set_up(code, name, password, space, room)
        if "application/json" in request.headers.get("accept", ""):
            return _answered(done)
        if isinstance(done, Refusal):
            return await pages.setup(code, done, name, space, room)
        return await pages.set_up(name, space, room)

    async def _begin_sso(self, request: Request) -> Response:
        query = request.query_params
        begun = await self._sso.begin(query.get("ticket"), query.get("challenge"))
        if isinstance(begun, Refusal):
            return await pages.not_signed_in(begun)
        response = _redirect(begun.url)
        response.set_cookie(
            _cookie(self._sso.home),
            begun.browser,
            max_age=begun.seconds,
            secure=_secure(self._sso.home),
            httponly=True,
            samesite="lax",  # the provider sends the browser back, and it must come along
        )
        return response

    async def _finish_sso(self, request: Request) -> Response:
        cookie = _cookie(self._sso.home)
        url = await self._sso.finish(request.query_params, request.cookies.get(cookie))
        response = await pages.not_signed_in(url) if isinstance(url, Refusal) else _redirect(url)
        response.delete_cookie(cookie, secure=_secure(self._sso.home), httponly=True, samesite="lax")
        return response


def _answered(done: AccountResult | Refusal) -> Response:
    if isinstance(done, Refusal):
        status = STATUS[done.code]
        body = msgspec.json.encode(problem(done, status))
        return Response(body, status, media_type=MEDIA_TYPE)
    return Response(msgspec.json.encode(done), 201, media_type="application/json")


async def _form(request: Request) -> dict[str, str]:
    """The fields of the form; none if the body is not one of our forms."""
    try:
        return dict(parse_qsl((await request.body()).decode("utf-8", "replace"), max_num_fields=FORM_FIELDS))
    except ValueError:
        return {}


async def _not_storing(request: Request, error: Exception) -> Response:
    return PlainTextResponse("the server cannot store this now; try again in a moment\n", 503)


def _secure(home: str) -> bool:
    return home.startswith("https:")


def _cookie(home: str) -> str:
    """Its name. With the prefix no other site of the domain can set it (RFC 6265bis, 4.1.3.2)."""
    return "__Host-chatd_sso" if _secure(home) else "chatd_sso"


def _redirect(url: str) -> Response:
    return RedirectResponse(url, 303, {"cache-control": "no-store"})


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _refusal(request, error.status_code, f"{error.detail}".lower(), error.headers)


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

"""Plain HTTP: a page, health, and the first-start form. Starlette decides, Hypercorn speaks HTTP/1.1."""

from __future__ import annotations

import html
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import parse_qsl

from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.config import Config
from hypercorn.trio.tcp_server import TCPServer
from hypercorn.trio.worker_context import WorkerContext
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from chatd.domain.refusal import Refusal
from chatd.gateway.head import MAX_BODY
from chatd.gateway.stream import SocketStream
from chatd.settings import Settings

# What the form asks for: code, name, password, space. Gives the first account, or why not.
SetUp = Callable[[str, str, str, str], Awaitable[dict[str, Any] | Refusal]]

_SECURITY: Final = (
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)


class Http:
    """Serves one plain HTTP request on a connection and ends it."""

    def __init__(self, settings: Settings, ready: Callable[[], bool], set_up: SetUp) -> None:
        self._settings = settings
        self._ready = ready
        self._set_up = set_up
        routes = [
            Route("/", self._page),
            Route("/setup", self._setup_form),
            Route("/setup", self._setup, methods=["POST"]),
            Route("/healthz", self._healthz),
            Route("/readyz", self._readyz),
        ]
        self._app = ASGIWrapper(_bounded(Starlette(routes=routes)))
        self._config = Config()
        self._config.accesslog = None
        self._config.errorlog = None
        self._config.include_server_header = False
        self._config.keep_alive_max_requests = 0  # every connection carries one request
        self._config.h11_max_incomplete_size = 64 * 1024
        self._config.read_timeout = int(settings.head_deadline) or 1
        self._context = WorkerContext(None)

    async def serve(self, stream: SocketStream) -> None:
        server: Any = TCPServer(self._app, self._config, self._context, {}, stream)  # type: ignore[arg-type]
        await server.run()

    async def _page(self, request: Request) -> Response:
        name = html.escape(self._settings.server_name)
        return _html(
            name,
            f"<h1>{name}</h1><p>This is a chatd server, and it is up.</p>"
            "<p>Connect a client to <code>/ws</code> with subprotocol <code>chatd.v1.json</code> or"
            " <code>chatd.v1.msgpack</code>.</p>",
        )

    async def _healthz(self, request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def _readyz(self, request: Request) -> Response:
        ready = self._ready()
        return JSONResponse({"ready": ready}, 200 if ready else 503)

    async def _setup_form(self, request: Request) -> Response:
        code = html.escape(request.query_params.get("code", ""), quote=True)
        return _html("Set up chatd", _FORM.format(code=code, problem=""))

    async def _setup(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), max_num_fields=8))
        code, name, password, space = (form.get(key, "") for key in ("code", "name", "password", "space"))
        done = await self._set_up(code, name, password, space)
        if isinstance(done, Refusal):
            problem = f"<p class=problem>{html.escape(done.message)}</p>"
            page = _FORM.format(code=html.escape(code, quote=True), problem=problem)
            return _html("Set up chatd", page, 400)
        return _html(
            "chatd is ready",
            f"<h1>Welcome, {html.escape(name)}</h1><p>Your account is made, and so is the space"
            f" <b>{html.escape(space)}</b> with the room <b>general</b>."
            "<p>Sign in with any client. To let people in: <code>chatctl invite create --space"
            f" &quot;{html.escape(space)}&quot;</code>",
        )


def _bounded(app: Starlette) -> Any:
    """Refuses bodies over the limit that did not say so beforehand, and adds the security headers."""

    async def bounded(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return  # no lifespan, and WebSockets do not come this way
        size = 0

        async def counted() -> Any:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > MAX_BODY:
                raise _BodyTooLarge
            return message

        async def secured(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_SECURITY]
            await send(message)

        try:
            await app(scope, counted, secured)
        except _BodyTooLarge:
            await PlainTextResponse(f"a body is at most {MAX_BODY} bytes\n", 413)(scope, receive, secured)

    return bounded


class _BodyTooLarge(Exception):
    pass


def _html(title: str, body: str, status: int = 200) -> Response:
    page = (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title>"
        f"<meta name=viewport content='width=device-width'><style>{_STYLE}</style><main>{body}</main>"
    )
    return HTMLResponse(page, status)


_STYLE: Final = (
    "body{font:1rem/1.5 system-ui,sans-serif;margin:3rem auto;max-width:36rem;padding:0 1rem}"
    "label{display:block;margin:1rem 0}input{display:block;font:inherit;width:100%;padding:.4rem}"
    "button{font:inherit;padding:.5rem 1rem}.problem{color:#a00}"
)

_FORM: Final = (
    "<h1>Set up chatd</h1><p>This makes the first account; it administers the server.</p>{problem}"
    "<form method=post action=/setup><input type=hidden name=code value='{code}'>"
    "<label>Your name<input name=name required minlength=2 maxlength=32 autocomplete=username></label>"
    "<label>Password, at least 8 characters<input name=password type=password required minlength=8"
    " autocomplete=new-password></label>"
    "<label>Name of your first space<input name=space required maxlength=80 value=Team></label>"
    "<button>Make it so</button></form>"
)

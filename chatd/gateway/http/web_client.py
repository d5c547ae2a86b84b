"""The browser client at `/`, served out of the folder `web` beside this module, where its build puts it.

The page runs under a policy that allows its own files and nothing else: no inline script or style, no other
host, no script made from a text but by the one policy of the client (Trusted Types). Without a build, and
under an address that is not the server's, where the client could not connect, `/` says what to do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import trio
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from chatd.gateway.http import pages
from chatd.gateway.http.web_files import PAGE, SCRIPT, Variant, WebFile, WebFiles
from chatd.gateway.net.own_addresses import OwnAddresses
from chatd.settings import Settings

FOLDER: Final = Path(__file__).parent / "web"
NAMES: Final = ("sw.js", "manifest.webmanifest", "favicon.ico", "favicon.svg", "licences.txt")
FOLDERS: Final = ("assets", "icons")
WORKER: Final = "sw.js"
_AUTHORITY: Final = re.compile(r"(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?", re.IGNORECASE | re.ASCII)
_UNUSED: Final = (
    *("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid", "magnetometer"),
    *("microphone", "midi", "payment", "serial", "usb"),
)
PAGE_HEADERS: Final = {
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": ", ".join(f"{feature}=()" for feature in _UNUSED),
}


class WebClient:
    """`own`: the server's addresses."""

    def __init__(self, settings: Settings, own: Callable[[], OwnAddresses]) -> None:
        self._server = settings.server_name
        self._files = WebFiles(FOLDER)
        self._own = own
        self._elsewhere = _bucket(settings)

    def routes(self) -> Sequence[BaseRoute]:
        return (
            Route("/", self._page),
            Route(f"/{PAGE}", self._page),
            *(Route(f"/{name}", self._file) for name in NAMES),
            *(Route(f"/{folder}/{{name}}", self._file) for folder in FOLDERS),
        )

    async def is_built(self) -> bool:
        return await trio.to_thread.run_sync(self._files.find, PAGE) is not None

    async def _page(self, request: Request) -> Any:
        host = request.headers.get("host", "")
        own = request.state.caller.operator or self._own().is_own(host)
        found = await self._found(PAGE, request) if own else None
        if found is None:
            return await pages.home(self._server, host if not own else "")
        policy = page_policy(host, self._elsewhere)
        return SentFile(*found, {**PAGE_HEADERS, "content-security-policy": policy})

    async def _file(self, request: Request) -> Any:
        name = request.url.path.removeprefix("/")
        found = await self._found(name, request)
        if found is None:
            raise HTTPException(404)
        headers = {"cross-origin-resource-policy": "same-origin"}
        if found[0].media_type == SCRIPT:
            headers["content-security-policy"] = worker_policy(self._elsewhere)
        if name == WORKER:
            headers["service-worker-allowed"] = "/"
        return SentFile(*found, headers)

    async def _found(self, name: str, request: Request) -> tuple[WebFile, Variant] | None:
        file = await trio.to_thread.run_sync(self._files.find, name)
        return None if file is None else (file, file.for_(request.headers.get("accept-encoding", "")))


class SentFile:
    """The response with a file, which the kernel sends from the disk."""

    def __init__(self, file: WebFile, variant: Variant, more: dict[str, str]) -> None:
        self._path = str(variant.file)
        self._headers = {
            "content-type": file.media_type,
            "cache-control": file.cache,
            "etag": variant.etag,
            **more,
        }
        if len(file.variants) > 1:
            self._headers["vary"] = "Accept-Encoding"
        if variant.coding:
            self._headers["content-encoding"] = variant.coding

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = [(name.encode(), value.encode("latin-1")) for name, value in self._headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.pathsend", "path": self._path})


def page_policy(host: str, elsewhere: Sequence[str]) -> str:
    """The policy of the page. `host`: where the browser found it; not every browser counts a WebSocket there
    as `'self'`. `elsewhere`: where downloads are sent on to."""
    sockets = (f"ws://{host}", f"wss://{host}") if _AUTHORITY.fullmatch(host) else ()
    return "; ".join(
        (
            "default-src 'none'",
            *("script-src 'self'", "style-src 'self'", "font-src 'none'"),
            " ".join(("img-src 'self' blob: data:", *elsewhere)),
            " ".join(("media-src 'self' blob:", *elsewhere)),
            " ".join(("connect-src 'self'", *sockets, *elsewhere)),
            *("worker-src 'self'", "manifest-src 'self'"),
            *("base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"),
            *("require-trusted-types-for 'script'", "trusted-types chatd"),
        )
    )


def worker_policy(elsewhere: Sequence[str]) -> str:
    """A script that runs as a worker has the policy that it came with."""
    return "; ".join(
        ("default-src 'none'", "script-src 'self'", " ".join(("connect-src 'self'", *elsewhere)))
    )


def _bucket(settings: Settings) -> tuple[str, ...]:
    """Where browsers are sent for files, besides this server."""
    if settings.files_store != "s3" or not settings.files_s3_redirect:
        return ()
    if settings.files_s3_endpoint:
        return (settings.files_s3_endpoint.rstrip("/"),)
    aws = f"s3.{settings.files_s3_region}.amazonaws.com"
    return (f"https://{aws}", f"https://{settings.files_s3_bucket}.{aws}")

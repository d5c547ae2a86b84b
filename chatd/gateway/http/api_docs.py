"""What describes the API: `/api/asyncapi.json` and `/api/openapi.json`; and `/api/docs`, a page on which
calls can be tried.

The page is Swagger UI, out of the package flask-swagger-ui, of which nothing but its files is used: Flask is
not loaded. It asks no other host, and runs under a policy that allows nobody else's scripts.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import msgspec
import trio
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from chatd import __version__
from chatd.gateway.http.pages import render
from chatd.gateway.http.server.kept import FOREVER, Kept, tag_of

PACKAGE: Final = "flask_swagger_ui"
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        *("script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'"),
        *("base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"),
    )
)
SCRIPT, STYLE = "text/javascript; charset=utf-8", "text/css; charset=utf-8"
MEDIA_TYPES: Final = {"swagger-ui-bundle.js": SCRIPT, "swagger-ui.css": STYLE, "docs.js": SCRIPT}


class ApiDocs:
    """`server_name`: the page's title begins with it."""

    def __init__(self, server_name: str) -> None:
        self._server = server_name
        self._asyncapi = Kept(_asyncapi, "application/json")
        self._openapi = Kept(_openapi, "application/json")
        self._files = {
            name: Kept(partial(_read, name), media_type, FOREVER) for name, media_type in MEDIA_TYPES.items()
        }

    def routes(self) -> Sequence[BaseRoute]:
        return (
            Route("/api/asyncapi.json", self._asyncapi.answer),
            Route("/api/openapi.json", self._openapi.answer),
            Route("/api/docs", self._page),
            Route("/api/docs/{version}/{name}", self._file),
        )

    async def _page(self, request: Request) -> Response:
        page = await trio.to_thread.run_sync(self._render)
        return HTMLResponse(page, headers={"cache-control": "no-cache", "content-security-policy": POLICY})

    def _render(self) -> str:
        return render("docs.html", {"server": self._server, "folder": f"/api/docs/{_version()}"})

    async def _file(self, request: Request) -> Response:
        kept = self._files.get(request.path_params["name"])
        version = await trio.to_thread.run_sync(_version)
        if kept is None or request.path_params["version"] != version:
            raise HTTPException(404)  # a page of before; its browser is to load the page anew
        return await kept.answer(request)


def _asyncapi() -> bytes:
    from chatd.contract.asyncapi import asyncapi  # loaded when it is asked for

    return msgspec.json.encode(asyncapi(__version__))


def _openapi() -> bytes:
    from chatd.contract.openapi import openapi  # loaded when it is asked for

    return msgspec.json.encode(openapi(__version__))


@lru_cache(maxsize=1)
def _version() -> str:
    """Stands for all files of the page."""
    return tag_of(b"".join(map(_read, sorted(MEDIA_TYPES))))[:16]


def _read(name: str) -> bytes:
    folder = Path(__file__).parent / "assets" if name == "docs.js" else _swagger_ui()
    return (folder / name).read_bytes()


def _swagger_ui() -> Path:
    found = find_spec(PACKAGE)  # without importing it
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError(f"the page /api/docs needs the package {PACKAGE}; install chatd with it")
    return Path(found.submodule_search_locations[0]) / "dist"

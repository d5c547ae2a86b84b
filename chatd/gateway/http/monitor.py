"""The event monitor for operators: `/monitor`, a page of static files that asks the API with a token.

The page itself holds nothing and knows no way to the data but the queries of the contract, so it is for
everybody to load, and what it shows is decided where every request is.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

import trio
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from chatd.gateway.http.pages import render
from chatd.gateway.http.server.kept import FOREVER, Kept, tag_of

FOLDER: Final = Path(__file__).parent / "assets" / "monitor"
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        *("script-src 'self'", "style-src 'self'", "img-src data:", "connect-src 'self'"),
        *("base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"),
        *("require-trusted-types-for 'script'", "trusted-types 'none'"),
    )
)
_MEDIA_TYPES: Final = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


class Monitor:
    """`server_name`: the page's title begins with it."""

    def __init__(self, server_name: str) -> None:
        self._server = server_name
        self._files: dict[str, Kept] = {}

    def routes(self) -> Sequence[BaseRoute]:
        return (Route("/monitor", self._page), Route("/monitor/{version}/{name}", self._file))

    async def _page(self, request: Request) -> Response:
        page = await trio.to_thread.run_sync(self._render)
        return HTMLResponse(page, headers={"cache-control": "no-cache", "content-security-policy": POLICY})

    def _render(self) -> str:
        return render("monitor.html", {"server": self._server, "folder": f"/monitor/{_version()}"})

    async def _file(self, request: Request) -> Response:
        name = request.path_params["name"]
        version = await trio.to_thread.run_sync(_version)
        if request.path_params["version"] != version or name not in _names():
            raise HTTPException(404)  # a page of before; its browser is to load the page anew
        if name not in self._files:
            file = FOLDER / name
            self._files[name] = Kept(partial(file.read_bytes), _MEDIA_TYPES[file.suffix], FOREVER)
        return await self._files[name].answer(request)


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(file.name for file in FOLDER.iterdir() if file.suffix in _MEDIA_TYPES)


@lru_cache(maxsize=1)
def _version() -> str:
    """Stands for all files of the page."""
    return tag_of(b"".join((FOLDER / name).read_bytes() for name in sorted(_names())))[:16]

"""What describes the API: `/api/asyncapi.json` and `/api/openapi.json`; and `/api/docs`, a page on which
calls can be tried.

The page is Swagger UI, out of the package flask-swagger-ui, of which nothing but its files is used: Flask is
not loaded. It asks no other host, and runs under a policy that allows nobody else's scripts.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import msgspec
from starlette.routing import BaseRoute, Route

from chatd import __version__
from chatd.gateway.http.server.public_document import PublicDocument
from chatd.gateway.http.tool_page import ToolPage

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
        self._page = ToolPage("/api/docs", "docs.html", server_name, POLICY, MEDIA_TYPES, _read)
        self._asyncapi = PublicDocument(_asyncapi, "application/json")
        self._openapi = PublicDocument(_openapi, "application/json")

    def routes(self) -> Sequence[BaseRoute]:
        return (
            Route("/api/asyncapi.json", self._asyncapi.answer),
            Route("/api/openapi.json", self._openapi.answer),
            *self._page.routes(),
        )


def _asyncapi() -> bytes:
    from chatd.contract.asyncapi import asyncapi  # loaded when it is asked for

    return msgspec.json.encode(asyncapi(__version__))


def _openapi() -> bytes:
    from chatd.contract.openapi import openapi  # loaded when it is asked for

    return msgspec.json.encode(openapi(__version__))


def _read(name: str) -> bytes:
    folder = Path(__file__).parent / "assets" if name == "docs.js" else _swagger_ui()
    return (folder / name).read_bytes()


def _swagger_ui() -> Path:
    found = find_spec(PACKAGE)  # without importing it
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError(f"the page /api/docs needs the package {PACKAGE}; install chatd with it")
    return Path(found.submodule_search_locations[0]) / "dist"

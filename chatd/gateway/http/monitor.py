"""The event monitor for operators: `/monitor`, a page of static files that asks the API with a token.

It knows no way to the data but the queries of the contract, so what it shows is decided where every request
is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from chatd.gateway.http.tool_page import ToolPage

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


def monitor(server_name: str) -> ToolPage:
    """`server_name`: the page's title begins with it. Blocks."""
    types = {file.name: type_ for file in FOLDER.iterdir() if (type_ := _MEDIA_TYPES.get(file.suffix))}
    return ToolPage(
        "/monitor", "monitor.html", server_name, POLICY, types, lambda name: (FOLDER / name).read_bytes()
    )

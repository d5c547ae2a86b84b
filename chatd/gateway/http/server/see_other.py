"""A redirect that is followed with GET and that no cache keeps."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response


def see_other(url: str) -> Response:
    return RedirectResponse(url, 303, {"cache-control": "no-store"})

"""The few pages that the server writes itself, from Jinja2 templates that escape all they are given.

Rendering happens in a thread, because Jinja2 is loaded and templates are compiled with the first page.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import trio
from starlette.responses import HTMLResponse, Response

from chatd.contract.errors import Refusal

if TYPE_CHECKING:
    from jinja2 import Environment

_STATUS: Final = {
    "not_found": HTTPStatus.NOT_FOUND,
    "forbidden": HTTPStatus.FORBIDDEN,
    "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
}
FIRST_ROOM: Final = "general"  # what the form offers
_NO_STORE: Final = {"cache-control": "no-store"}  # a page may hold a code


async def home(server_name: str, host: str = "") -> Response:
    """What stands at `/` where the browser client does not. `host`: the address that was asked for, if it is
    not the server's."""
    return await _page("home.html", server=server_name, host=host)


async def setup(
    code: str, refusal: Refusal | None = None, name: str = "", space: str = "Team", room: str = FIRST_ROOM
) -> Response:
    """The form that makes the first account, with what was typed before; the password must be typed again."""
    return await _form("setup.html", code, refusal, name=name, space=space, room=room)


async def set_up(name: str, space: str, room: str) -> Response:
    return await _page("set_up.html", name=name, space=space, room=room)


async def recovery(code: str, refusal: Refusal | None = None) -> Response:
    """The form that sets a new password. It is the same for every code: only sending it tells whether the
    code is good."""
    return await _form("recovery.html", code, refusal)


async def recovered(name: str) -> Response:
    return await _page("recovered.html", name=name)


async def not_signed_in(refusal: Refusal) -> Response:
    status = _STATUS.get(refusal.code, HTTPStatus.BAD_REQUEST)
    return await _page("not_signed_in.html", status, problem=refusal.message)


async def _form(template: str, code: str, refusal: Refusal | None, **typed: str) -> Response:
    status = HTTPStatus.OK if refusal is None else HTTPStatus.BAD_REQUEST
    problem = "" if refusal is None else refusal.message
    return await _page(template, status, code=code, problem=problem, **typed)


async def _page(template: str, status: HTTPStatus = HTTPStatus.OK, **values: str) -> Response:
    page = await trio.to_thread.run_sync(render, template, values)
    return HTMLResponse(page, status, _NO_STORE)


def render(template: str, values: Mapping[str, str]) -> str:
    """To be called in a thread."""
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("chatd.gateway.http"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )

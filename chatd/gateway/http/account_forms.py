"""`/setup` and `/recover`: forms with which the first account is made, and with which one gets in again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import parse_qsl, quote

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chatd.contract.account import AccountResult
from chatd.contract.errors import Refusal
from chatd.contract.http import STATUS
from chatd.gateway.http import pages
from chatd.gateway.http.server.problem import MEDIA_TYPE, problem
from chatd.gateway.http.server.see_other import see_other
from chatd.gateway.http.web_client import WebClient

# Takes the form's code, name, password, space, room; returns the first account.
SetUp = Callable[[str, str, str, str, str], Awaitable[AccountResult | Refusal]]
# Takes code and new password; returns the account's name.
Recover = Callable[[str, str], Awaitable[str | Refusal]]

FORMS: Final = frozenset({"/setup", "/recover"})  # what is posted there
FORM_FIELDS: Final = 8


class AccountForms:
    def __init__(self, set_up: SetUp, recover: Recover, client: WebClient) -> None:
        self._set_up = set_up
        self._set_password = recover
        self._client = client

    def routes(self) -> list[Route]:
        return [
            Route("/setup", self._setup_form),
            Route("/setup", self._setup, methods=["POST"]),
            Route("/recover", self._recovery_form),
            Route("/recover", self._recover, methods=["POST"]),
        ]

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
            return see_other(f"/#/setup/{quote(code, safe='')}")
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

"""`/auth/oidc/…`: the way to the provider of a single sign-on, and back."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chatd.contract.errors import Refusal
from chatd.gateway.http import pages
from chatd.gateway.http.server.see_other import see_other
from chatd.ports import SsoFlow


class SsoRoutes:
    def __init__(self, sso: SsoFlow) -> None:
        self._sso = sso

    def routes(self) -> list[Route]:
        return [
            Route("/auth/oidc/start", self._begin),
            Route("/auth/oidc/callback", self._finish),
        ]

    async def _begin(self, request: Request) -> Response:
        query = request.query_params
        begun = await self._sso.begin(query.get("ticket"), query.get("challenge"))
        if isinstance(begun, Refusal):
            return await pages.not_signed_in(begun)
        response = see_other(begun.url)
        response.set_cookie(
            _cookie(self._sso.home),
            begun.browser,
            max_age=begun.seconds,
            secure=_secure(self._sso.home),
            httponly=True,
            samesite="lax",  # the provider sends the browser back, and it must come along
        )
        return response

    async def _finish(self, request: Request) -> Response:
        cookie = _cookie(self._sso.home)
        url = await self._sso.finish(request.query_params, request.cookies.get(cookie))
        response = await pages.not_signed_in(url) if isinstance(url, Refusal) else see_other(url)
        response.delete_cookie(cookie, secure=_secure(self._sso.home), httponly=True, samesite="lax")
        return response


def _secure(home: str) -> bool:
    return home.startswith("https:")


def _cookie(home: str) -> str:
    """Its name. With the prefix no other site of the domain can set it (RFC 6265bis, 4.1.3.2)."""
    return "__Host-chatd_sso" if _secure(home) else "chatd_sso"

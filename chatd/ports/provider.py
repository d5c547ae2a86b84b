"""Single sign-on: who the people at a provider of identities are, and the way of a browser there and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct

from chatd.contract.errors import Refusal


class Identity(Struct, frozen=True):
    """Somebody whom the provider has signed in. `issuer` and `subject` name them for ever; what they are
    called there (`name`, `display_name`) is no proof of anything."""

    issuer: str
    subject: str
    name: str | None = None
    display_name: str | None = None


class ProviderFailed(Exception):
    """The provider cannot be reached, or what it says cannot be believed. The reason holds no secret."""


class Provider(Protocol):
    """An OpenID provider, in the authorization code flow with PKCE. Both raise ProviderFailed."""

    async def address(self, redirect: str, state: str, nonce: str, challenge: str) -> str:
        """Where a browser is sent. `challenge`: S256 of the verifier (RFC 7636)."""

    async def identity(
        self, redirect: str, code: str, verifier: str, nonce: str, issuer: str | None
    ) -> Identity:
        """Who came back with `code`. `issuer` is what stood beside it (RFC 9207), if anything did."""


class Departure(Struct, frozen=True):
    """Where the browser goes, and the secret that it must show when it comes back; `seconds` it has."""

    url: str
    browser: str
    seconds: int


class SsoFlow(Protocol):
    """What the two pages of single sign-on need to know."""

    @property
    def home(self) -> str:
        """The address under which browsers reach this server."""

    async def begin(self, ticket: str | None, challenge: str | None) -> Departure | Refusal: ...

    async def finish(self, answer: Mapping[str, str], browser: str | None) -> str | Refusal:
        """Where the browser goes from here. `answer` is the query with which the provider sent it."""

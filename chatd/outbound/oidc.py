"""The OpenID provider: its metadata and keys, its token endpoint, and the identities of its ID tokens.

This module is loaded when single sign-on is first used. Metadata and keys are fetched when needed and cached
for an hour; for an unknown key the keys are fetched again, at most once a minute.
"""

from __future__ import annotations

import re
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Generic, TypeVar
from urllib.parse import quote_plus, urlencode

import msgspec
import trio

from chatd.log import log
from chatd.outbound.document import read_document
from chatd.outbound.http_client import HttpClient, NoAnswer
from chatd.outbound.id_token import BadToken, Expected, PublicKey, UnknownKey, public_keys, verified_claims
from chatd.ports import Identity, ProviderFailed
from chatd.settings import Settings, is_loopback

CACHE_SECONDS: Final = 3600.0
REFETCH_SECONDS: Final = 60.0  # between two fetches for an unknown key
FAILURE_PAUSE_SECONDS: Final = 5.0  # after a failure
SCOPE: Final = "openid profile"
_ERROR: Final = re.compile(r"[a-z_]{1,40}")
T = TypeVar("T")


class Metadata(msgspec.Struct, frozen=True):
    """The discovery document (OpenID Connect Discovery 1.0, 3), as far as it is used."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class Cached(Generic[T]):
    """A document of the provider. Who asks while it is being fetched waits for that fetch."""

    def __init__(self, fetch: Callable[[], Awaitable[T]], clock: Callable[[], float]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = trio.Lock()
        self._value: T | None = None
        self._fetched_at = self._failed_at = -CACHE_SECONDS

    async def get(self, refetch: bool = False) -> T:
        """`refetch`: the cached one is of no use. Raises ProviderFailed."""
        async with self._lock:
            now = self._clock()
            if self._value is not None and now - self._fetched_at < (
                REFETCH_SECONDS if refetch else CACHE_SECONDS
            ):
                return self._value
            if now - self._failed_at < FAILURE_PAUSE_SECONDS:
                raise ProviderFailed("it failed a moment ago")
            try:
                self._value = await self._fetch()
            except ProviderFailed:
                self._failed_at = self._clock()
                raise
            self._fetched_at = self._clock()
            return self._value


class OpenIdProvider:
    """See `chatd.ports.Provider`. Make it in a thread: see `HttpClient`. Raises ProviderFailed."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = trio.current_time) -> None:
        self._issuer = settings.oidc_issuer
        self._client = settings.oidc_client_id
        self._secret = _secret(settings)
        self._local = is_loopback(self._issuer)
        self._http = HttpClient()
        self._metadata: Cached[Metadata] = Cached(self._fetch_metadata, clock)
        self._keys: Cached[list[PublicKey]] = Cached(self._fetch_keys, clock)

    async def address(self, redirect: str, state: str, nonce: str, challenge: str) -> str:
        endpoint = (await self._metadata.get()).authorization_endpoint
        query = {
            "response_type": "code",
            "client_id": self._client,
            "redirect_uri": redirect,
            "scope": SCOPE,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    async def identity(
        self, redirect: str, code: str, verifier: str, nonce: str, issuer: str | None
    ) -> Identity:
        metadata = await self._metadata.get()
        if issuer is None and metadata.authorization_response_iss_parameter_supported:
            raise ProviderFailed("the browser came back without iss")
        if issuer not in (None, self._issuer):
            raise ProviderFailed("the browser came back from another issuer")
        answer = await self._redeem(metadata, redirect, code, verifier)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise ProviderFailed("the token endpoint gave no ID token")
        claims = await self._verified_claims(token, nonce)
        names = await self._names(metadata, claims, answer.get("access_token"))
        name = _text(names, "preferred_username") or _text(names, "nickname")
        return Identity(self._issuer, claims["sub"], name, _text(names, "name"))

    # --- metadata and keys

    async def _fetch_metadata(self) -> Metadata:
        body = await self._get(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        try:
            document = read_document(body)
            metadata = msgspec.convert(document, Metadata)
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            raise ProviderFailed(f"the discovery document cannot be used: {error}") from error
        if document.get("issuer") != self._issuer:
            raise ProviderFailed("the discovery document is of another issuer; see the setting oidc_issuer")
        for url in (
            metadata.authorization_endpoint,
            metadata.token_endpoint,
            metadata.jwks_uri,
            metadata.userinfo_endpoint or self._issuer,
        ):
            if not url.startswith("https://") and not (self._local and is_loopback(url)):
                raise ProviderFailed("the discovery document names an address without https")
        return metadata

    async def _fetch_keys(self) -> list[PublicKey]:
        try:
            return public_keys(await self._get((await self._metadata.get()).jwks_uri))
        except BadToken as error:
            raise ProviderFailed(str(error)) from error

    async def _get(self, url: str, headers: Mapping[str, str] | None = None) -> bytes:
        status, body = await self._ask(url, headers=headers)
        if status != 200:
            raise ProviderFailed(f"{url} answered with status {status}")
        return body

    async def _ask(self, url: str, **more: Any) -> tuple[int, bytes]:
        try:
            return await self._http.ask(url, direct=self._local, **more)
        except NoAnswer as error:
            raise ProviderFailed(str(error)) from error

    # --- identities

    async def _redeem(self, metadata: Metadata, redirect: str, code: str, verifier: str) -> dict[str, Any]:
        """The token endpoint's answer (RFC 6749, 4.1.3)."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "code_verifier": verifier,
        }
        headers = {}
        methods = metadata.token_endpoint_auth_methods_supported
        if self._secret and ("client_secret_basic" in methods or "client_secret_post" not in methods):
            pair = f"{quote_plus(self._client)}:{quote_plus(self._secret)}"
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        elif self._secret:
            form |= {"client_id": self._client, "client_secret": self._secret}
        else:
            form["client_id"] = self._client
        status, body = await self._ask(metadata.token_endpoint, form=form, headers=headers)
        try:
            answer = read_document(body)
        except msgspec.DecodeError:
            answer = {}
        if status != 200:
            error = str(answer.get("error", ""))
            why = f": {error}" if _ERROR.fullmatch(error) else ""
            raise ProviderFailed(f"the token endpoint answered with status {status}{why}")
        return answer

    async def _verified_claims(self, token: str, nonce: str) -> dict[str, Any]:
        expected = Expected(self._issuer, self._client, nonce)
        try:
            try:
                return verified_claims(token, await self._keys.get(), expected, int(time.time()))
            except UnknownKey:
                return verified_claims(token, await self._keys.get(refetch=True), expected, int(time.time()))
        except BadToken as error:
            raise ProviderFailed(f"the ID token is not valid: {error}") from error

    async def _names(self, metadata: Metadata, claims: dict[str, Any], access: Any) -> Mapping[str, Any]:
        """The claims that name the person: of the ID token, or of the userinfo endpoint where it has none.
        They only suggest a name, so that endpoint may fail."""
        if "preferred_username" in claims or not metadata.userinfo_endpoint or not isinstance(access, str):
            return claims
        try:
            body = await self._get(metadata.userinfo_endpoint, {"Authorization": f"Bearer {access}"})
            document = read_document(body)
        except (ProviderFailed, msgspec.DecodeError) as error:
            log.info("no_userinfo", reason=str(error))
            return claims
        return {**claims, **document} if document.get("sub") == claims["sub"] else claims


def _secret(settings: Settings) -> str:
    if settings.oidc_client_secret_file is None:
        return settings.oidc_client_secret
    try:
        return settings.oidc_client_secret_file.read_text().strip()
    except (OSError, ValueError) as error:
        raise ProviderFailed(f"oidc_client_secret_file cannot be read: {type(error).__name__}") from error


def _text(claims: Mapping[str, Any], name: str) -> str | None:
    value = claims.get(name)
    return value if isinstance(value, str) and value else None

"""The OpenID provider: its documents, its token endpoint, and whom its ID tokens name.

Loaded only where single sign-on is set up, when somebody first uses it. What the provider publishes is
fetched when it is needed and kept for an hour; a key that is not known is looked for again, at most
once a minute.
"""

from __future__ import annotations

import re
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Generic, TypeVar
from urllib.parse import quote_plus, urlencode

import attrs
import msgspec
import structlog
import trio

from chatd.outbound.http_client import HttpClient, NoAnswer
from chatd.outbound.id_token import BadToken, Expected, PublicKey, UnknownKey, believed, public_keys
from chatd.ports import Identity, ProviderFailed
from chatd.settings import Settings, is_loopback

KEPT_SECONDS: Final = 3600.0
AGAIN_SECONDS: Final = 60.0  # between two looks for a key that is not known
PAUSE_SECONDS: Final = 5.0  # after a failure
SCOPE: Final = "openid profile"
_ERROR: Final = re.compile(r"[a-z_]{1,40}")
log = structlog.get_logger("sign_on")
T = TypeVar("T")


@attrs.frozen
class Metadata:
    """What the discovery document says (OpenID Connect Discovery 1.0, 3), as far as it is used."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class Kept(Generic[T]):
    """Something that the provider publishes. Whoever asks while it is fetched waits for that answer."""

    def __init__(self, fetch: Callable[[], Awaitable[T]], clock: Callable[[], float]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = trio.Lock()
        self._value: T | None = None
        self._fetched_at = self._failed_at = -KEPT_SECONDS

    async def get(self, anew: bool = False) -> T:
        """`anew`: what is kept will not do. Raises ProviderFailed."""
        async with self._lock:
            now = self._clock()
            if self._value is not None and now - self._fetched_at < (AGAIN_SECONDS if anew else KEPT_SECONDS):
                return self._value
            if now - self._failed_at < PAUSE_SECONDS:
                raise ProviderFailed("it failed a moment ago")
            try:
                self._value = await self._fetch()
            except ProviderFailed:
                self._failed_at = self._clock()
                raise
            self._fetched_at = self._clock()
            return self._value


class OpenIdProvider:
    """See `chatd.ports.Provider`. Make it in a thread: see `Outgoing`. Raises ProviderFailed."""

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], float] = trio.current_time,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._issuer = settings.oidc_issuer
        self._client = settings.oidc_client_id
        self._secret = _secret(settings)
        self._local = is_loopback(self._issuer)
        self._wall = wall
        self._outgoing = HttpClient()
        self._metadata: Kept[Metadata] = Kept(self._fetch_metadata, clock)
        self._keys: Kept[list[PublicKey]] = Kept(self._fetch_keys, clock)

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
        claims = await self._believed(token, nonce)
        names = await self._names(metadata, claims, answer.get("access_token"))
        name = _text(names, "preferred_username") or _text(names, "nickname")
        return Identity(self._issuer, claims["sub"], name, _text(names, "name"))

    # --- what it publishes

    async def _fetch_metadata(self) -> Metadata:
        document = await self._get(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        try:
            said = msgspec.json.decode(document, type=dict[str, Any])
            metadata = msgspec.convert(said, Metadata)
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            raise ProviderFailed(f"the discovery document cannot be used: {error}") from error
        if said.get("issuer") != self._issuer:
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
            return await self._outgoing.ask(url, direct=self._local, **more)
        except NoAnswer as error:
            raise ProviderFailed(str(error)) from error

    # --- whom it names

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
            answer = msgspec.json.decode(body, type=dict[str, Any])
        except msgspec.DecodeError:
            answer = {}
        if status != 200:
            error = str(answer.get("error", ""))
            why = f": {error}" if _ERROR.fullmatch(error) else ""
            raise ProviderFailed(f"the token endpoint answered with status {status}{why}")
        return answer

    async def _believed(self, token: str, nonce: str) -> dict[str, Any]:
        expected = Expected(self._issuer, self._client, nonce)
        try:
            try:
                return believed(token, await self._keys.get(), expected, int(self._wall()))
            except UnknownKey:
                return believed(token, await self._keys.get(anew=True), expected, int(self._wall()))
        except BadToken as error:
            raise ProviderFailed(f"the ID token is not believed: {error}") from error

    async def _names(self, metadata: Metadata, claims: dict[str, Any], access: Any) -> Mapping[str, Any]:
        """What they are called: by the ID token, or where it does not say, by the userinfo endpoint.
        Nothing rests on it, so that endpoint may fail."""
        if "preferred_username" in claims or not metadata.userinfo_endpoint or not isinstance(access, str):
            return claims
        try:
            body = await self._get(metadata.userinfo_endpoint, {"Authorization": f"Bearer {access}"})
            said = msgspec.json.decode(body, type=dict[str, Any])
        except (ProviderFailed, msgspec.DecodeError) as error:
            log.info("no_userinfo", reason=str(error))
            return claims
        return {**claims, **said} if said.get("sub") == claims["sub"] else claims


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

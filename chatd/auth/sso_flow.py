"""The way to the provider of single sign-on and back: what is under way, all of it in memory.

A browser leaves with a state that only it can use (a cookie says so), and comes back to get a one-time
code, which its client exchanges over the WebSocket. Two more bonds keep codes from being slipped to
somebody else's client: one that sends a `challenge` must show its verifier (as in RFC 7636), and
a code that links an identity is worth something only to the account that asked for it.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from typing import Final

import msgspec

from chatd.auth.one_time_tokens import OneTimeTokens
from chatd.auth.tokens import hashed, new_secret
from chatd.contract.errors import Refusal
from chatd.log import log
from chatd.ports import Departure, Identity, Provider, ProviderFailed
from chatd.settings import Settings

AWAY_SECONDS: Final = 600  # to sign in at the provider
CODE_SECONDS: Final = 60  # for a client to use its code
TICKET_SECONDS: Final = 60  # from `identity.begin` to the browser that follows its address
UNDER_WAY: Final = 10_000  # of each kind
START: Final = "/auth/oidc/start"
CALLBACK: Final = "/auth/oidc/callback"

NONE: Final = Refusal("not_found", "this server has no single sign-on; sign in with a password")
OVER: Final = Refusal(
    "invalid", "this sign-in has expired, or was started in another browser; go back and start again"
)
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_ERROR: Final = re.compile(r"[a-z_]{1,40}")

LoadProvider = Callable[[], Awaitable[Provider]]


class Away(msgspec.Struct, frozen=True):
    """A browser that is at the provider. `account`: who wants an identity linked; else it signs in."""

    browser: bytes
    nonce: str
    verifier: str
    challenge: str | None
    account: str | None


class Returned(msgspec.Struct, frozen=True):
    """Somebody who came back, and is waiting for their client to say so."""

    identity: Identity
    challenge: str | None
    account: str | None


class SingleSignOn:
    """See `chatd.ports.SsoFlow` for how the pages see it."""

    def __init__(self, settings: Settings, load_provider: LoadProvider, address: Callable[[], str]) -> None:
        self.returned: OneTimeTokens[Returned] = OneTimeTokens(CODE_SECONDS, UNDER_WAY)
        self._settings = settings
        self._load_provider = load_provider
        self._address = address
        self._provider: Provider | None = None
        self.away: OneTimeTokens[Away] = OneTimeTokens(AWAY_SECONDS, UNDER_WAY)
        self.tickets: OneTimeTokens[str] = OneTimeTokens(TICKET_SECONDS, UNDER_WAY)

    @property
    def offered(self) -> bool:
        return bool(self._settings.oidc_issuer)

    @property
    def home(self) -> str:
        return self._address()

    @property
    def start(self) -> str:
        """Where a browser begins to sign in."""
        return self.home + START

    def ticket(self, account: str) -> str:
        """Where a browser begins to link an identity to `account`: good once."""
        return f"{self.start}?ticket={self.tickets.keep(account)}"

    async def begin(self, ticket: str | None, challenge: str | None) -> Departure | Refusal:
        if not self.offered:
            return NONE
        if challenge is not None and not _CHALLENGE.fullmatch(challenge):
            return Refusal("invalid", "challenge must be the base64url of a SHA-256, without padding")
        account = None if ticket is None else await self.tickets.take_anywhere(ticket)
        if ticket is not None and account is None:
            return OVER
        nonce, verifier, browser = new_secret(), new_secret(), new_secret()
        state = self.away.keep(Away(hashed(browser), nonce, verifier, challenge, account))
        try:
            provider = await self._opened()
            url = await provider.address(self.home + CALLBACK, state, nonce, s256(verifier))
        except ProviderFailed as failure:
            return self._failed(failure)
        return Departure(url, browser, AWAY_SECONDS)

    async def finish(self, answer: Mapping[str, str], browser: str | None) -> str | Refusal:
        away = await self.away.take_anywhere(answer.get("state", ""))
        if away is None or not hmac.compare_digest(away.browser, hashed(browser or "")):
            return OVER
        code = answer.get("code")
        if code is None or "error" in answer:
            error = answer.get("error", "")
            why = f" ({error})" if _ERROR.fullmatch(error) else ""
            return Refusal("forbidden", f"{self._settings.oidc_name} did not sign you in{why}; try again")
        try:
            provider = await self._opened()
            redirect = self.home + CALLBACK
            identity = await provider.identity(redirect, code, away.verifier, away.nonce, answer.get("iss"))
        except ProviderFailed as failure:
            return self._failed(failure)
        returned = self.returned.keep(Returned(identity, away.challenge, away.account))
        return f"{self.home}/#{'sso' if away.account is None else 'identity'}={returned}"

    async def _opened(self) -> Provider:
        if self._provider is None:
            self._provider = await self._load_provider()
        return self._provider

    def _failed(self, failure: ProviderFailed) -> Refusal:
        log.warning("sso_failed", reason=str(failure))
        return Refusal(
            "unavailable",
            f"{self._settings.oidc_name} could not sign you in; try again, or ask the people who run this"
            " server: its log says why",
        )


def s256(verifier: str) -> str:
    """The challenge to which `verifier` is the answer (RFC 7636, 4.2)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()

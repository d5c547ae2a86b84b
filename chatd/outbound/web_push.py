"""Sends to the push services of browsers: RFC 8030, with RFC 8291's encryption and RFC 8292's VAPID.

The services are addresses that users name, so every request goes through the guard, follows no redirect and
no proxy of the environment, and has a connection of its own: one that is kept would be known by its address,
and two names may have the same. Loaded when somebody subscribes or is pushed to.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

import httpx2
import trio
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwt
from joserfc.jwk import ECKey

from chatd.clock import now
from chatd.outbound.guard import Guard, NoAddress, NotAllowed
from chatd.outbound.message_encryption import CURVE, encrypted, point
from chatd.ports import Push, Pushed
from chatd.settings import Settings
from chatd.web_origin import DEFAULT_PORTS, Origin

SECONDS: Final = 10.0  # for an answer, waiting for a turn included
AT_ONCE: Final = 16
LIFETIME: Final = 12 * 3600  # seconds that what we sign is good for; RFC 8292 has a day at most
LONGEST_WAIT: Final = 3600.0  # seconds, whatever a service asks for
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256
_GONE: Final = frozenset({404, 410})
_LATER: Final = frozenset({408, 425, 429})


class WebPush:
    """Loads the system's certificates when it is made, which takes a while: make it in a thread."""

    def __init__(self, secret: bytes, settings: Settings, guard: Guard | None = None) -> None:
        """`secret`: random bytes, from which the key is made (FIPS 186-4, B.4.1)."""
        number = int.from_bytes(secret, "big") % (_ORDER - 1) + 1
        private = ec.derive_private_key(number, CURVE)
        self.key = base64url(point(private.public_key()))
        self._signing = ECKey.import_key(private)
        self._contact = settings.push_contact or settings.public_url
        self._guard = guard or Guard(settings.private_hosts)
        self._certificates = httpx2.create_ssl_context()
        self._turns = trio.Semaphore(AT_ONCE)

    def wrong(self, endpoint: str, p256dh: bytes) -> str | None:
        if (wrong := self._guard.wrong(endpoint)) is not None:
            return f"endpoint: {wrong}"
        try:
            ec.EllipticCurvePublicKey.from_encoded_point(CURVE, p256dh)
        except ValueError:
            return "keys.p256dh: is no point of the curve P-256"
        return None

    async def send(self, push: Push) -> Pushed:
        host = urlsplit(push.endpoint).hostname or ""
        try:
            body = encrypted(push.payload, push.p256dh, push.auth)
        except ValueError as error:
            return Pushed("refused", f"{host}: {error}")
        try:
            with trio.fail_after(SECONDS):
                async with self._turns:
                    return await self._post(push, host, body)
        except NotAllowed as error:
            return Pushed("refused", str(error))
        except NoAddress as error:
            return Pushed("failed", str(error))
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            return Pushed("failed", f"{host} cannot be asked: {type(error).__name__}")
        except trio.TooSlowError:
            return Pushed("failed", f"{host} did not answer within {SECONDS:g} s")

    async def _post(self, push: Push, host: str, body: bytes) -> Pushed:
        url, headers, extensions = await self._guard.pinned(push.endpoint)
        headers |= {
            "Authorization": self._vapid(push.endpoint),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(push.ttl),
            "Urgency": push.urgency,
            "Topic": push.topic,
        }
        async with (
            httpx2.AsyncClient(verify=self._certificates, timeout=SECONDS, trust_env=False) as client,
            client.stream("POST", url, content=body, headers=headers, extensions=extensions) as response,
        ):  # what it says beside its status is not read
            return _outcome(response.status_code, response.headers, host)

    def _vapid(self, endpoint: str) -> str:
        claims = {"aud": _origin(endpoint), "exp": now() // 1000 + LIFETIME}
        if self._contact:
            claims["sub"] = self._contact
        token = jwt.encode({"typ": "JWT", "alg": "ES256"}, claims, self._signing)
        return f"vapid t={token}, k={self.key}"


def _origin(endpoint: str) -> str:
    """As browsers write it (RFC 6454): without the port that goes without saying."""
    origin = Origin.parse(endpoint)
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    usual = DEFAULT_PORTS[origin.scheme] == origin.port
    return f"{origin.scheme}://{host}" if usual else f"{origin.scheme}://{host}:{origin.port}"


def _outcome(status: int, headers: Mapping[str, str], host: str) -> Pushed:
    if 200 <= status < 300:
        return Pushed("sent")
    reason = f"{host} answered {status}"
    if status in _GONE:
        return Pushed("gone", reason)
    if status in _LATER or status >= 500:
        return Pushed("failed", reason, retry_after(headers.get("retry-after")))
    return Pushed("refused", reason)


def retry_after(said: str | None) -> float:
    """Seconds, of a number or a date (RFC 9110, 10.2.3); 0 for nothing that can be read."""
    if said is None:
        return 0.0
    if said.isascii() and said.isdecimal():
        return min(float(said[:9]), LONGEST_WAIT)
    try:
        return min(max(0.0, parsedate_to_datetime(said).timestamp() - now() / 1000), LONGEST_WAIT)
    except ValueError:
        return 0.0


def base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()

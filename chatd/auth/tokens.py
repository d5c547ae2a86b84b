"""Tokens: signed access tokens, and random refresh tokens and codes, which are stored as hashes.

An access token is a JWT (RFC 7519) with one fixed algorithm. It names an account and a device, and is valid
only while the database has that device. Refresh tokens and codes are 256 random bits; only their SHA-256 is
stored.

A token with the header that this server writes is checked here, in a tenth of the time that joserfc takes:
thousands may be shown at once. What is signed with the same key under another header is left to joserfc.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import msgspec

from chatd.clock import now

if TYPE_CHECKING:
    from joserfc.jwk import OctKey
    from joserfc.jwt import JWTClaimsRegistry

ALGORITHM: Final = "HS256"
AUDIENCE: Final = "chatd"
_HEADER: Final = urlsafe_b64encode(b'{"typ":"JWT","alg":"HS256"}').decode()  # needs no padding
_NOT_BEFORE: Final = frozenset({"iat", "nbf"})


class Claims(msgspec.Struct, frozen=True):
    """The account and device that an access token names."""

    account: str
    device: str


class _Payload(msgspec.Struct):
    """What an access token must say. When it was issued does not matter: this server signed it, so it was
    before now, whatever the clock was set to meanwhile."""

    iss: str
    aud: str
    sub: str
    sid: str
    exp: int


_decode = msgspec.json.Decoder(_Payload).decode


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def new_secret() -> str:
    """256 random bits in hexadecimal: safe in a URL and on a command line."""
    return secrets.token_hex(32)


def hashed(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


class Tokens:
    """Signs and reads the access tokens of one deployment.

    joserfc takes 10 MiB and a tenth of a second to load, so it is loaded only for a token that it must read.
    """

    def __init__(self, key: bytes, issuer: str) -> None:
        self._secret = key
        self._issuer = issuer

    @cached_property
    def _key(self) -> OctKey:
        from joserfc.jwk import OctKey

        return OctKey.import_key(self._secret)

    @cached_property
    def _required(self) -> JWTClaimsRegistry:
        from joserfc.jwt import JWTClaimsRegistry

        return JWTClaimsRegistry(
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": AUDIENCE},
            sub={"essential": True},
            sid={"essential": True},
            exp={"essential": True},
        )

    def sign(self, claims: Claims, at: int, lifetime: int) -> str:
        """`at`: Unix milliseconds; `lifetime`: seconds."""
        issued = at // 1000
        payload = {
            "iss": self._issuer,
            "aud": AUDIENCE,
            "sub": claims.account,
            "sid": claims.device,
            "jti": secrets.token_hex(8),
            "iat": issued,
            "exp": issued + lifetime,
        }
        signed = f"{_HEADER}.{_base64(msgspec.json.encode(payload))}"
        return f"{signed}.{self._signature(signed)}"

    def _signature(self, signed: str) -> str:
        return _base64(hmac.digest(self._secret, signed.encode(), "sha256"))

    def read(self, token: str) -> Claims | None:
        """The claims of a token that this deployment signed and that has not expired, else None."""
        found = self.read_until(token)
        return None if found is None else found[0]

    def read_until(self, token: str) -> tuple[Claims, int] | None:
        """The same, and until when they hold: in seconds since 1970."""
        signed, _, signature = token.rpartition(".")
        try:
            if not hmac.compare_digest(self._signature(signed).encode(), signature.encode()):
                return None
            if not token.startswith(f"{_HEADER}."):
                return self._read_other(token)
            payload = signed[len(_HEADER) + 1 :]
            said = _decode(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        except (ValueError, msgspec.MsgspecError):
            return None
        if said.iss != self._issuer or said.aud != AUDIENCE or said.exp <= now() // 1000:
            return None
        return Claims(said.sub, said.sid), said.exp

    def _read_other(self, token: str) -> tuple[Claims, int] | None:
        """Of a token whose signature is right: no library has to stand what strangers write."""
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            claims: dict[str, Any] = jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims
            # this server signed it, so it was issued before now, whatever the clock was set to meanwhile
            self._required.validate({name: claims[name] for name in claims.keys() - _NOT_BEFORE})
        except (JoseError, ValueError):
            return None
        account, device, until = claims["sub"], claims["sid"], claims["exp"]
        if not (isinstance(account, str) and isinstance(device, str)):
            return None
        return Claims(account, device), int(until)

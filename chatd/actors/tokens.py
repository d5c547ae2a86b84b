"""Tokens: signed access tokens that say which device speaks, and the random ones that are only hashed.

An access token is a JWT (RFC 7519) with one fixed algorithm; it names account and device, and is believed
only while that device still stands in the database. Refresh tokens and codes are 256 random bits; only
their SHA-256 is kept.
"""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import Final

import attrs
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

ALGORITHM: Final = "HS256"
AUDIENCE: Final = "chatd"


@attrs.frozen(slots=True)
class Claims:
    """Who an access token says speaks."""

    account: str
    device: str


def new_secret() -> str:
    """256 random bits in hexadecimal: fit for a URL, and never mistaken for an option."""
    return secrets.token_hex(32)


def hashed(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


class Tokens:
    """Signs and reads the access tokens of one deployment."""

    def __init__(self, key: bytes, issuer: str) -> None:
        self._key = OctKey.import_key(key)
        self._issuer = issuer
        self._claims = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": issuer},
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
            "iat": issued,
            "exp": issued + lifetime,
        }
        return jwt.encode({"alg": ALGORITHM, "typ": "JWT"}, payload, self._key, algorithms=[ALGORITHM])

    def read(self, token: str) -> Claims | None:
        """The claims of a token that this deployment signed and that has not expired, else None."""
        try:
            claims = jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims
            self._claims.validate(claims)
        except (JoseError, ValueError):
            return None
        account, device = claims["sub"], claims["sid"]
        return Claims(account, device) if isinstance(account, str) and isinstance(device, str) else None

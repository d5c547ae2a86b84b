"""Tokens: signed access tokens, and random refresh tokens and codes, which are stored as hashes.

An access token is a JWT (RFC 7519) with one fixed algorithm. It names an account and a device, and is valid
only while the database has that device. Refresh tokens and codes are 256 random bits; only their SHA-256 is
stored.
"""

from __future__ import annotations

import secrets
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import attrs

if TYPE_CHECKING:
    from joserfc.jwk import OctKey
    from joserfc.jwt import JWTClaimsRegistry

ALGORITHM: Final = "HS256"
AUDIENCE: Final = "chatd"
_NOT_BEFORE: Final = frozenset({"iat", "nbf"})


@attrs.frozen(slots=True)
class Claims:
    """The account and device that an access token names."""

    account: str
    device: str


def new_secret() -> str:
    """256 random bits in hexadecimal: safe in a URL and on a command line."""
    return secrets.token_hex(32)


def hashed(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


class Tokens:
    """Signs and reads the access tokens of one deployment.

    joserfc takes 10 MiB and a tenth of a second to load, so it is loaded with the first token.
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
        from joserfc import jwt

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
        return jwt.encode({"alg": ALGORITHM, "typ": "JWT"}, payload, self._key, algorithms=[ALGORITHM])

    def read(self, token: str) -> Claims | None:
        """The claims of a token that this deployment signed and that has not expired, else None."""
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            claims = jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims
            # this server signed it, so it was issued before now, whatever the clock was set to meanwhile
            self._required.validate({name: claims[name] for name in claims.keys() - _NOT_BEFORE})
        except (JoseError, ValueError):
            return None
        account, device = claims["sub"], claims["sid"]
        return Claims(account, device) if isinstance(account, str) and isinstance(device, str) else None

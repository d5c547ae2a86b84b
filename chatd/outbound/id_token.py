"""Verifies ID tokens (OpenID Connect Core 1.0, 3.1.3.7).

Pure: keys and time are passed in.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from joserfc import jws, jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from chatd.outbound.document import read_document

# Algorithms that a provider may sign with, and their key types. No symmetric one, and never `none`.
ALGORITHMS: Final[Mapping[str, str]] = {"RS256": "RSA", "ES256": "EC", "EdDSA": "OKP", "Ed25519": "OKP"}
LEEWAY: Final = 60  # seconds that two clocks may differ
MAX_AGE: Final = 600  # seconds since it was issued
MAX_KEYS: Final = 64
MOST_SAID: Final = 10**9  # seconds: a claim may be any number
COMPARE: Final = "compare this machine's clock with the provider's"
MIN_RSA_BITS: Final = 2048
# Unknown header parameters are ignored, as they must be unless `crit` names them (RFC 7515, 4).
_REGISTRY: Final = jws.JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)

PublicKey = RSAKey | ECKey | OKPKey


class BadToken(Exception):
    """The token is not valid. The reason holds nothing of it."""


class UnknownKey(BadToken):
    """No known key signed it; the provider may have a new one."""


class Expected(msgspec.Struct, frozen=True):
    """Required claims: issuer, audience (our client id), nonce of the request."""

    issuer: str
    client: str
    nonce: str


def public_keys(document: bytes) -> list[PublicKey]:
    """The usable signing keys of a JWK set (RFC 7517). Raises BadToken."""
    try:
        listed = read_document(document)["keys"]
        keys = [_imported(one) for one in listed[:MAX_KEYS] if one.get("use", "sig") == "sig"]
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError) as error:
        raise BadToken("the provider's keys are not a JWK set") from error
    return [key for key in keys if key is not None]


def _imported(one: dict[str, Any]) -> PublicKey | None:
    if one.get("kty") not in ALGORITHMS.values():
        return None
    try:
        with warnings.catch_warnings(action="ignore", category=SecurityWarning):  # short keys: checked below
            key = JWKRegistry.import_key(one)
        public = key.public_key
    except (JoseError, ValueError, KeyError, TypeError):
        return None
    match key:
        case RSAKey() if isinstance(public, RSAPublicKey) and public.key_size >= MIN_RSA_BITS:
            return key
        case ECKey() if one.get("crv") == "P-256":
            return key
        case OKPKey() if isinstance(public, Ed25519PublicKey):
            return key
    return None


def verified_claims(token: str, keys: Sequence[PublicKey], expected: Expected, now: int) -> dict[str, Any]:
    """The claims of a token that one of `keys` signed. `now`: Unix seconds. Raises BadToken."""
    key = _signer(token, keys)
    try:
        with warnings.catch_warnings(action="ignore", category=SecurityWarning):  # EdDSA has a new name
            claims = jwt.decode(token, key, registry=_REGISTRY).claims
        _check_clocks(claims, now)
        _registry(expected, now).validate(claims)
    except (JoseError, ValueError, TypeError) as error:
        raise BadToken(str(error)) from error
    _check_more_claims(claims, expected, now)
    return claims


def _signer(token: str, keys: Sequence[PublicKey]) -> PublicKey:
    """The one key that the token's header names."""
    try:
        header = jws.extract_compact(token.encode(), registry=_REGISTRY).headers()
    except (JoseError, ValueError, TypeError) as error:
        raise BadToken("this is not a signed token") from error
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise BadToken(f"it is signed with none of {', '.join(ALGORITHMS)}")
    fitting = [
        key
        for key in keys
        if key.key_type == ALGORITHMS[algorithm]
        and key.get("alg") in (None, algorithm)
        and (kid is None or key.get("kid") == kid)
    ]
    if not fitting:
        raise UnknownKey("signed with a key that the provider does not publish")
    if len(fitting) > 1:
        raise BadToken("it does not say which of the provider's keys signed it")
    return fitting[0]


def _registry(expected: Expected, now: int) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        now=now,
        leeway=LEEWAY,
        iss={"essential": True, "value": expected.issuer},
        aud={"essential": True, "value": expected.client},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": expected.nonce},
    )


def _check_clocks(claims: Mapping[str, Any], now: int) -> None:
    """The registry checks these, too, but does not say by how much they miss: most often a clock is wrong."""
    issued, expires = claims.get("iat"), claims.get("exp")
    if isinstance(issued, int | float) and issued > now + LEEWAY:
        raise BadToken(f"issued {_seconds(issued - now)} from now; {COMPARE}")
    if isinstance(issued, int | float) and issued < now - MAX_AGE - LEEWAY:
        raise BadToken(f"issued {_seconds(now - issued)} ago; {COMPARE}")
    if isinstance(expires, int | float) and expires <= now - LEEWAY:
        raise BadToken(f"expired {_seconds(now - expires)} ago; {COMPARE}")


def _seconds(much: float) -> str:
    return f"{min(much, MOST_SAID):.0f} seconds"


def _check_more_claims(claims: Mapping[str, Any], expected: Expected, now: int) -> None:
    """What joserfc's registry does not check."""
    if claims["nonce"] != expected.nonce:
        raise BadToken("the nonce is not a string")
    audience, party = claims["aud"], claims.get("azp")
    if isinstance(audience, list) and len(audience) > 1 and party is None:
        raise BadToken("for many, and azp does not say who asked")
    if party is not None and party != expected.client:
        raise BadToken("azp: somebody else asked for it")
    if len(claims["sub"]) > 255:
        raise BadToken("sub is longer than 255 characters")

"""What is read as a token, and by whom: a library sees only what this server has signed."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from itertools import product

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from chatd.auth.tokens import AUDIENCE, Claims, Tokens

KEY = b"k" * 32
PARAMETERS = (
    *("alg", "b64", "crit", "cty", "enc", "jku", "jwk", "kid", "typ", "x5c", "x5t", "x5u", "zip"),
    "other",
)
VALUES = (None, True, 5, 1e9, "HS256", "none", "", [], ["b64"], [5], {}, {"kty": "oct"})
CLAIMS = {"iss": "here", "aud": AUDIENCE, "sub": "ann", "sid": "phone", "exp": 4_000_000_000}


def base64(part: bytes) -> str:
    return urlsafe_b64encode(part).decode().rstrip("=")


def strangers(head: bytes) -> list[str]:
    """Tokens with this head that nobody signed."""
    claims = base64(json.dumps(CLAIMS).encode())
    return [f"{base64(head)}.{claims}.{signature}" for signature in ("", "AAAA", base64(b"\0" * 32))]


@pytest.mark.parametrize("more", [{}, {"alg": "HS256"}], ids=["alone", "beside alg"])
def test_whatever_the_head_of_a_strangers_token_says_it_is_none(more: dict[str, str]) -> None:
    tokens = Tokens(KEY, "here")
    for name, value in product(PARAMETERS, VALUES):
        for token in strangers(json.dumps({**more, name: value}).encode()):
            assert tokens.read(token) is None, (name, value)


@pytest.mark.parametrize("head", [b"[" * 3000, b'{"x":' * 1500 + b"1" + b"}" * 1500, b"9" * 3000, b"\xff"])
def test_a_head_that_is_none_is_no_token(head: bytes) -> None:
    assert {Tokens(KEY, "here").read(token) for token in strangers(head)} == {None}


def test_a_token_with_another_head_is_read_when_this_server_signed_it() -> None:
    other = jwt.encode({"kid": "1", "alg": "HS256"}, CLAIMS, OctKey.import_key(KEY))
    assert Tokens(KEY, "here").read(other) == Claims("ann", "phone")
    assert Tokens(b"another key, as long as the first", "here").read(other) is None

"""ID tokens that are believed, and every other one."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from e2e.provider import signed
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from chatd.outbound.id_token import (
    LEEWAY,
    MAX_AGE,
    BadToken,
    Expected,
    PublicKey,
    UnknownKey,
    public_keys,
    verified_claims,
)

NOW = 1_800_000_000
EXPECTED = Expected("https://id.example.org", "chatd", "n0nce")
CLAIMS = {
    "iss": "https://id.example.org",
    "aud": "chatd",
    "sub": "ada",
    "nonce": "n0nce",
    "iat": NOW - 1,
    "exp": NOW + 300,
}
DEEP = b'{"keys":' + b"[" * 10_000 + b"]" * 10_000 + b"}"
CRITICAL = (None, 5, True, {}, [5], [[]], "exp", ["exp"])
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
EC = ECKey.generate_key("P-256", {"kid": "ec"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed"})


def published(*keys: Any, **more: Any) -> list[PublicKey]:
    """What is read of a provider's document with these keys."""
    listed = [{**key.as_dict(private=False), **more} for key in keys]
    return public_keys(json.dumps({"keys": listed}).encode())


def read(token: str, *keys: Any) -> dict[str, Any]:
    return verified_claims(token, published(*(keys or (RSA, EC, ED))), EXPECTED, NOW)


def refused(claims: dict[str, Any]) -> str:
    with pytest.raises(BadToken) as bad:
        read(signed(claims, RSA))
    return str(bad.value)


@pytest.mark.parametrize(("key", "algorithm"), [(RSA, "RS256"), (EC, "ES256"), (ED, "Ed25519")])
def test_a_right_token_is_believed(key: Any, algorithm: str) -> None:
    assert read(signed(CLAIMS, key, algorithm)) == CLAIMS


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_the_older_name_of_ed25519_is_known() -> None:
    token = signed(CLAIMS, ED, "EdDSA")
    assert read(token) == CLAIMS


@pytest.mark.parametrize("algorithm", ["HS256", "HS512"])
def test_a_token_signed_with_a_shared_secret_is_not_believed(algorithm: str) -> None:
    secret = OctKey.generate_key(512, {"kid": "rsa"})
    with pytest.raises(BadToken, match="none of RS256, ES256, EdDSA"):
        read(signed(CLAIMS, secret, algorithm), RSA)


@pytest.mark.parametrize("algorithm", ["PS256", "RS384", "RS512"])
def test_algorithms_outside_the_list_are_not_believed(algorithm: str) -> None:
    with pytest.raises(BadToken, match="none of RS256, ES256, EdDSA"):
        read(signed(CLAIMS, RSA, algorithm))


def test_what_a_head_says_beyond_that_is_passed_over_unless_it_is_critical() -> None:
    assert read(signed(CLAIMS, RSA, extra="value")) == CLAIMS
    with pytest.raises(BadToken, match=r"crit|supported"):
        read(_with_head(crit=["extra"], extra="value"))


def _with_head(**more: Any) -> str:
    """A token with this head; that its signature is wrong too is found out later."""
    head = json.dumps({"alg": "RS256", "kid": "rsa", **more}).encode()
    _, *rest = signed(CLAIMS, RSA).split(".")
    return ".".join([base64.urlsafe_b64encode(head).rstrip(b"=").decode(), *rest])


@pytest.mark.parametrize("aud", ["chatd", ["chatd"]])
def test_an_audience_is_one_or_a_list(aud: object) -> None:
    read(signed({**CLAIMS, "aud": aud, "azp": "chatd"}, RSA))


def test_many_audiences_need_a_party() -> None:
    claims = {**CLAIMS, "aud": ["chatd", "another"]}
    assert "azp" in refused(claims)
    assert "azp" in refused({**claims, "azp": "another"})
    read(signed({**claims, "azp": "chatd"}, RSA))


@pytest.mark.parametrize("name", CLAIMS)
@pytest.mark.parametrize("value", [None, "", [], {}, True, "another", ["another"], float("nan")])
def test_no_claim_can_be_something_else(name: str, value: object) -> None:
    if (name, value) == ("sub", "another"):
        return  # that is somebody else, and as good
    refused({**CLAIMS, name: value})


@pytest.mark.parametrize("name", CLAIMS)
def test_no_claim_can_be_missing(name: str) -> None:
    refused({key: value for key, value in CLAIMS.items() if key != name})


@pytest.mark.parametrize(
    ("claim", "last", "first_bad"),
    [
        ("exp", NOW - LEEWAY + 1, NOW - LEEWAY),
        ("iat", NOW + LEEWAY, NOW + LEEWAY + 1),
        ("iat", NOW - MAX_AGE - LEEWAY, NOW - MAX_AGE - LEEWAY - 1),
        ("nbf", NOW + LEEWAY, NOW + LEEWAY + 1),
    ],
)
def test_clocks_may_differ_by_a_minute(claim: str, last: int, first_bad: int) -> None:
    read(signed({**CLAIMS, claim: last}, RSA))
    refused({**CLAIMS, claim: first_bad})


@pytest.mark.parametrize(
    ("claim", "ahead", "said"),
    [
        ("iat", 120, "issued 120 seconds from now; compare this machine's clock"),
        ("iat", -720, "issued 720 seconds ago; compare this machine's clock"),
        ("exp", -120, "expired 120 seconds ago; compare this machine's clock"),
        ("iat", 10**400, "issued 1000000000 seconds from now; compare this machine's clock"),
    ],
)
def test_a_clock_that_is_wrong_is_said_with_how_wrong_it_is(claim: str, ahead: int, said: str) -> None:
    assert said in refused({**CLAIMS, claim: NOW + ahead})


def test_a_subject_has_a_length() -> None:
    read(signed({**CLAIMS, "sub": "x" * 255}, RSA))
    refused({**CLAIMS, "sub": "x" * 256})


def test_a_key_that_is_not_published_is_unknown() -> None:
    with pytest.raises(UnknownKey):
        read(signed(CLAIMS, RSA), EC)
    with pytest.raises(UnknownKey):
        read(signed(CLAIMS, RSA, kid="another"))


def test_a_token_need_not_name_its_key_when_there_is_one() -> None:
    token = signed(CLAIMS, RSA, kid=None)
    assert read(token, RSA, EC) == CLAIMS
    with pytest.raises(BadToken, match="which"):
        read(token, RSA, RSAKey.generate_key(2048, {"kid": "second"}))


def test_another_key_of_the_same_name_is_noticed() -> None:
    with pytest.raises(BadToken, match="signature"):
        read(signed(CLAIMS, RSAKey.generate_key(2048, {"kid": "rsa"})))


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_keys_that_are_weak_or_for_something_else_are_passed_over() -> None:
    weak = RSAKey.generate_key(1024, {"kid": "weak"})
    assert published(weak, ECKey.generate_key("P-521"), OKPKey.generate_key("X25519")) == []
    assert published(RSA, use="enc") == []
    secret = OctKey.generate_key(256, {"kid": "rsa"})
    assert public_keys(json.dumps({"keys": [secret.as_dict(private=True)]}).encode()) == []
    assert len(published(RSA, use="sig", alg="RS256")) == 1


def test_a_key_is_for_its_own_algorithm() -> None:
    with pytest.raises(UnknownKey):
        verified_claims(signed(CLAIMS, RSA), published(RSA, alg="PS256"), EXPECTED, NOW)


@pytest.mark.parametrize("document", [b"", b"[]", b"{}", b'{"keys": 1}', b'{"keys": [1]}', b"<html>", DEEP])
def test_a_document_that_is_no_key_set_is_refused(document: bytes) -> None:
    with pytest.raises(BadToken):
        public_keys(document)


def test_keys_that_cannot_be_read_are_passed_over() -> None:
    listed = [{"kty": "RSA"}, {"kty": "EC", "crv": "P-256", "x": "!", "y": "!"}, {"kty": 7}, {"kty": "new"}]
    listed.append(RSA.as_dict(private=False))
    assert len(public_keys(json.dumps({"keys": listed}).encode())) == 1


@given(
    st.text(max_size=200) | st.from_regex(r"[A-Za-z0-9_-]{0,40}(\.[A-Za-z0-9_-]{0,40}){2}", fullmatch=True)
)
def test_nonsense_is_refused_and_breaks_nothing(token: str) -> None:
    with pytest.raises(BadToken):
        verified_claims(token, [RSA], EXPECTED, NOW)


@pytest.mark.parametrize(
    "head", [DEEP, b"9" * 5000, *(json.dumps({"alg": "RS256", "crit": value}).encode() for value in CRITICAL)]
)
def test_a_head_that_no_provider_writes_is_refused(head: bytes) -> None:
    token = base64.urlsafe_b64encode(head).decode().rstrip("=") + ".e30.AAAA"
    with pytest.raises(BadToken):
        verified_claims(token, [RSA], EXPECTED, NOW)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_token_that_was_changed_anywhere_is_refused(at: int, by: int) -> None:
    token = signed(CLAIMS, ED, "Ed25519").encode()
    at %= len(token) - 1  # of the last character some bits mean nothing
    changed = token[:at] + bytes([token[at] ^ by]) + token[at + 1 :]
    with pytest.raises(BadToken):
        verified_claims(changed.decode("latin-1"), [ED], EXPECTED, NOW)

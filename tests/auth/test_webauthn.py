"""What a browser sends is believed or refused, whatever it is: nothing of it is a crash."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any, cast

import pytest
import trio
from trio.testing import MockClock

from chatd.auth import webauthn
from chatd.auth.webauthn import Proof, RelyingParty, WrongPasskey
from chatd.contract.errors import Refusal
from chatd.contract.passkey import CEREMONY_SECONDS, PasskeyProof
from chatd.handlers.passkey_proofs import MOST_CEREMONIES, OVER, PasskeyNames, PasskeyProofs
from chatd.handlers.server_address import ServerAddress
from chatd.settings import Settings
from chatd.web_origin import Origin

sys.path.append(str(Path(__file__).parent.parent))
from e2e.authenticator import Authenticator, read, shown

PAGE = "http://localhost:8400"
PARTY = RelyingParty("localhost", frozenset({Origin.parse(PAGE)}))
CHALLENGE = bytes(range(32))
BEGUN = {"ceremony": "c", "rp": "localhost", "challenge": shown(CHALLENGE), "user": "dQ"}


async def made() -> tuple[Authenticator, bytes]:
    """A device, and the public key that the server keeps of it."""
    device = Authenticator(PAGE)
    new = device.make(BEGUN)
    stored = await webauthn.registered(PARTY, CHALLENGE, read(new["client_data"]), read(new["attestation"]))
    return device, stored.public_key


async def test_bytes_that_are_twisted_or_cut_are_wrong_and_no_crash() -> None:
    device, public_key = await made()
    new, proof = device.make(BEGUN), device.sign(BEGUN)
    draw, believed = random.Random(14), 0
    for _ in range(1500):
        try:
            webauthn._registered(
                PARTY, CHALLENGE, read(new["client_data"]), twisted(draw, read(new["attestation"]))
            )
            believed += 1
        except WrongPasskey:
            pass
        data = twisted(draw, read(proof["authenticator_data"]) + b"\xa1\x01\x02")
        signed = Proof(device.credential, read(proof["client_data"]), data, read(proof["signature"]))
        with pytest.raises(WrongPasskey):
            webauthn._proven(PARTY, CHALLENGE, public_key, signed)
    assert believed, "what nothing looks at may be twisted: the maker's statement, the key's id"


def twisted(draw: random.Random, value: bytes) -> bytes:
    changed = bytearray(value)
    for _ in range(draw.randint(1, 4)):
        changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed[: draw.choice([len(changed), draw.randrange(len(changed))])])


async def test_a_challenge_is_over_after_some_minutes(autojump_clock: MockClock) -> None:
    proofs = PasskeyProofs(cast(Any, None), names())
    begun = proofs.begin(None, None)
    assert not isinstance(begun, Refusal)
    await trio.sleep(CEREMONY_SECONDS + 1)
    assert await proofs.proven(PasskeyProof(begun[0], *("AAAA",) * 4)) is OVER


async def test_challenges_are_bounded_in_number() -> None:
    proofs = PasskeyProofs(cast(Any, None), names())
    for _ in range(MOST_CEREMONIES + 5):
        proofs.begin(None, None)
    assert len(proofs.ceremonies) == MOST_CEREMONIES


def names(**settings: Any) -> PasskeyNames:
    return PasskeyNames(Settings(data=Path(), **settings), ServerAddress(url="http://127.0.0.1:8400"))


def pages(found: RelyingParty | Refusal) -> set[str]:
    assert isinstance(found, RelyingParty), found
    return {f"{page.scheme}://{page.host}:{page.port}" for page in found.origins}


def test_pages_are_those_of_the_settings() -> None:
    assert pages(names().party(None)) == {"http://localhost:8400"}
    public = names(public_url="https://chat.example.org", origins=("https://app.chat.example.org",))
    assert pages(public.party(None)) == {"https://chat.example.org:443", "https://app.chat.example.org:443"}
    assert isinstance(public.party("localhost"), Refusal)
    assert isinstance(public.party("app.chat.example.org"), Refusal)
    other = names(origins=("https://other.example.org", "http://localhost:5173"))
    assert pages(other.party(None)) == {"http://localhost:8400", "http://localhost:5173"}
    assert pages(other.party("other.example.org")) == {"https://other.example.org:443"}
    assert not isinstance(other.party("LOCALHOST"), Refusal)


@pytest.mark.parametrize(
    "public_url", ["http://127.0.0.1:8400", "https://192.0.2.7", "https://[2001:db8::1]"]
)
def test_without_tls_or_a_name_there_are_none(public_url: str) -> None:
    refused = names(public_url=public_url).party(None)
    assert isinstance(refused, Refusal)
    assert "https" in refused.message


@pytest.mark.parametrize("address", ["127.0.0.1", "[::1]", "::1", "192.0.2.7"])
def test_an_address_is_no_name_and_it_is_said_what_to_do(address: str) -> None:
    refused = names().party(address)
    assert isinstance(refused, Refusal)
    assert "localhost" in refused.message

"""Passkeys (WebAuthn Level 3), checked by the library fido2.

It is loaded with the first passkey, in a thread: an import takes as long as a hundred requests.
Challenges are kept by who calls this.
"""

from __future__ import annotations

import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import msgspec
import trio

from chatd.web_origin import Origin

if TYPE_CHECKING:
    from fido2.webauthn import CollectedClientData

CHALLENGE_BYTES: Final = 32
# What authenticators sign with, the preferred one first: ES256, EdDSA, RS256 (IANA COSE algorithms).
ALGORITHMS: Final = (-7, -8, -257)
# What the library raises for bytes that are cut short, twisted, or nested without an end.
_HOSTILE: Final = (
    *(ValueError, TypeError, KeyError, IndexError, AttributeError, NotImplementedError, AssertionError),
    *(OverflowError, RecursionError, struct.error),
)


class WrongPasskey(Exception):
    """What a browser sent proves nothing. The message is for the log of whoever develops a client."""


class NewPasskey(msgspec.Struct, frozen=True):
    """`public_key`: the attested credential data of WebAuthn, which holds id and key. `count`: of signatures
    so far; authenticators that do not count say 0."""

    credential: bytes
    public_key: bytes
    count: int


class Proof(msgspec.Struct, frozen=True):
    """What `navigator.credentials.get` gave. `credential`: which passkey."""

    credential: bytes
    client_data: bytes
    authenticator_data: bytes
    signature: bytes


class Proven(msgspec.Struct, frozen=True):
    """`verified`: the person has shown to the device who they are; `count` as in `NewPasskey`."""

    verified: bool
    count: int


class RelyingParty(msgspec.Struct, frozen=True):
    """The host name that passkeys are bound to, and the pages that may use them."""

    id: str
    origins: frozenset[Origin]

    def is_page(self, text: str) -> bool:
        try:
            return Origin.parse(text) in self.origins
        except ValueError:
            return False


def new_challenge() -> bytes:
    return secrets.token_bytes(CHALLENGE_BYTES)


def shown(value: bytes) -> str:
    """As base64url without padding."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def read(value: str) -> bytes:
    """Raises WrongPasskey."""
    try:
        return urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except ValueError as problem:
        raise WrongPasskey("no base64url") from problem


async def registered(
    party: RelyingParty, challenge: bytes, client_data: bytes, attestation: bytes
) -> NewPasskey:
    """The passkey that a browser has made for `party`. Raises WrongPasskey."""
    return await trio.to_thread.run_sync(_registered, party, challenge, client_data, attestation)


async def proven(party: RelyingParty, challenge: bytes, public_key: bytes, proof: Proof) -> Proven:
    """What a signature over the challenge proves. Raises WrongPasskey."""
    return await trio.to_thread.run_sync(_proven, party, challenge, public_key, proof)


def _registered(party: RelyingParty, challenge: bytes, client_data: bytes, attestation: bytes) -> NewPasskey:
    from fido2.webauthn import AttestationObject, AuthenticatorAttestationResponse, RegistrationResponse

    with _told_as_wrong():
        response = AuthenticatorAttestationResponse(
            client_data=_said(client_data), attestation_object=AttestationObject(attestation)
        )
        made = response.attestation_object.auth_data.credential_data
        if made is None:
            raise WrongPasskey("no credential in it")
        answer = RegistrationResponse(raw_id=made.credential_id, response=response)
        data = _server(party).register_complete(_state(challenge), answer)
        if made.public_key.get(3) not in ALGORITHMS:
            raise WrongPasskey("another algorithm than was asked for")
        _try_key(made.public_key)
        return NewPasskey(bytes(made.credential_id), bytes(made), data.counter)


def _proven(party: RelyingParty, challenge: bytes, public_key: bytes, proof: Proof) -> Proven:
    from fido2.webauthn import (
        AttestedCredentialData,
        AuthenticationResponse,
        AuthenticatorAssertionResponse,
        AuthenticatorData,
    )

    with _told_as_wrong():
        data = AuthenticatorData(proof.authenticator_data)
        response = AuthenticatorAssertionResponse(
            client_data=_said(proof.client_data), authenticator_data=data, signature=proof.signature
        )
        answer = AuthenticationResponse(raw_id=proof.credential, response=response)
        known = [AttestedCredentialData(public_key)]
        _server(party).authenticate_complete(_state(challenge), known, answer)
        return Proven(data.is_user_verified(), data.counter)


@contextmanager
def _told_as_wrong() -> Iterator[None]:
    try:
        yield
    except _HOSTILE as problem:
        raise WrongPasskey(str(problem)) from problem


def _said(client_data: bytes) -> CollectedClientData:
    """What the browser says that it was asked, and where. A page inside another one is not asked."""
    from fido2.webauthn import CollectedClientData

    said = CollectedClientData(client_data)
    if said.cross_origin:
        raise WrongPasskey("asked by a page inside another one")
    return said


def _try_key(key: Any) -> None:
    """Raises ValueError for a key with which nothing can be checked."""
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(b"", b"\0")
    except InvalidSignature:
        return  # it is a key, and this is not its signature


def _server(party: RelyingParty) -> Any:
    from fido2.server import Fido2Server
    from fido2.webauthn import PublicKeyCredentialRpEntity

    entity = PublicKeyCredentialRpEntity(id=party.id, name=party.id)
    return Fido2Server(entity, verify_origin=party.is_page)


def _state(challenge: bytes) -> dict[str, str]:
    """Who calls this decides whether the person must have been verified."""
    return {"challenge": shown(challenge), "user_verification": "preferred"}

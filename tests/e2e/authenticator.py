"""A passkey in software: what a browser and its authenticator make of a challenge (WebAuthn Level 3)."""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256
from fido2.webauthn import AttestedCredentialData, AuthenticatorData

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
NO_AAGUID = bytes(16)


def shown(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def read(value: str) -> bytes:
    return urlsafe_b64decode(value + "=" * (-len(value) % 4))


class Authenticator:
    """One passkey. What it says can be bent by its fields: origin, relying party, count, whether it asked."""

    def __init__(self, origin: str = "http://localhost:8400") -> None:
        self.origin = origin
        self.verifies = True
        self.count = 0
        self.rp: str | None = None  # instead of the one that is asked for
        self.credential = secrets.token_bytes(32)
        self.key = ec.generate_private_key(ec.SECP256R1())

    def make(self, begun: dict[str, Any]) -> dict[str, str]:
        """The fields of `passkey.add` for what `passkey.begin` gave."""
        public = ES256.from_cryptography_key(self.key.public_key())
        attested = AttestedCredentialData.create(NO_AAGUID, self.credential, public)
        data = AuthenticatorData.create(
            self._rp_hash(begun), self._flags() | ATTESTED, self._counted(), attested
        )
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": bytes(data)})
        return {
            "ceremony": begun["ceremony"],
            "client_data": shown(self._client_data("webauthn.create", begun)),
            "attestation": shown(attestation),
        }

    def sign(self, begun: dict[str, Any]) -> dict[str, str]:
        """The fields of `account.passkey_sign_in` for what `account.passkey_begin` gave."""
        client_data = self._client_data("webauthn.get", begun)
        data = bytes(AuthenticatorData.create(self._rp_hash(begun), self._flags(), self._counted()))
        signature = self.key.sign(data + sha256(client_data).digest(), ec.ECDSA(SHA256()))
        return {
            "ceremony": begun["ceremony"],
            "credential": shown(self.credential),
            "client_data": shown(client_data),
            "authenticator_data": shown(data),
            "signature": shown(signature),
        }

    def _client_data(self, type_: str, begun: dict[str, Any]) -> bytes:
        said = {"type": type_, "challenge": begun["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _rp_hash(self, begun: dict[str, Any]) -> bytes:
        return sha256((self.rp or begun["rp"]).encode()).digest()

    def _flags(self) -> int:
        return PRESENT | (VERIFIED if self.verifies else 0)

    def _counted(self) -> int:
        self.count += 1
        return self.count

"""The key of a cluster: who runs the stream's servers, or finds their disks, reads nothing.

Each key is made of the one before, which is then forgotten (a ratchet): what was sealed with it can be read
by nobody any more, so what was erased from the nodes' databases is gone from the stream as well.
ChaCha20-Poly1305 (RFC 8439), HKDF with SHA-256 (RFC 5869).
"""

from __future__ import annotations

import os
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
OVERHEAD: Final = NONCE_BYTES + 16  # bytes that sealing adds


class Unreadable(Exception):
    """It was not sealed with this key, or was changed since."""


class Key(Struct, frozen=True):
    """`number` counts the ratchet's steps."""

    number: int
    secret: bytes

    @classmethod
    def new(cls) -> Key:
        return cls(1, secrets.token_bytes(KEY_BYTES))

    def next(self) -> Key:
        derived = HKDF(SHA256(), KEY_BYTES, None, b"chatd cluster key").derive(self.secret)
        return Key(self.number + 1, derived)

    def seal(self, data: bytes, header: bytes) -> bytes:
        """`header` is bound to it, but not hidden."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + ChaCha20Poly1305(self.secret).encrypt(nonce, data, header)

    def open(self, sealed: bytes, header: bytes) -> bytes:
        """Raises Unreadable."""
        try:
            return ChaCha20Poly1305(self.secret).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], header)
        except (InvalidTag, ValueError) as error:
            raise Unreadable("it cannot be opened with the cluster's key") from error

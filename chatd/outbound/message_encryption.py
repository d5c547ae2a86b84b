"""Encryption of what is pushed, for the browser alone (RFC 8291 with the coding `aes128gcm` of RFC 8188)."""

from __future__ import annotations

import os
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD: Final = 4096  # bytes; a push service need take no more than that as a body
OVERHEAD: Final = 16 + 4 + 1 + 65 + 1 + 16  # salt, size, length of the key, key, delimiter, tag
MAX_PAYLOAD: Final = RECORD - OVERHEAD  # 3,993, as RFC 8291 has it
CURVE: Final = ec.SECP256R1()


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """The 65 bytes of a public key, not compressed."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def encrypted(
    payload: bytes,
    receiver: bytes,
    auth: bytes,
    *,
    sender: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """The body of a push. `receiver`: the public key of the subscription (65 bytes), `auth` its secret;
    `sender` and `salt` are new for each message unless given. Raises ValueError for a key that is none."""
    if len(payload) > MAX_PAYLOAD:
        raise ValueError(f"at most {MAX_PAYLOAD} bytes are pushed at once")
    sender = sender or ec.generate_private_key(CURVE)
    salt = salt or os.urandom(16)
    own = point(sender.public_key())
    shared = sender.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, receiver))
    secret = _derived(shared, auth, b"WebPush: info\0" + receiver + own, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + RECORD.to_bytes(4, "big") + bytes([len(own)]) + own
    return head + AESGCM(key).encrypt(nonce, payload + b"\x02", None)  # 2: the last record


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)

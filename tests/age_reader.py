"""A reader of age files (age-encryption.org/v1, X25519 recipients) from the specification alone, so that what
chatd encrypts is read by something else than the library that wrote it."""

from __future__ import annotations

import hmac
from base64 import b64decode

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CHUNK = 64 * 1024 + 16  # of the payload, with its tag
ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def decrypted(data: bytes, identity: str) -> bytes:
    key = X25519PrivateKey.from_private_bytes(_bech32(identity))
    own = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    header, _, rest = data.partition(b"\n--- ")
    mac, _, payload = rest.partition(b"\n")
    lines = header.decode().split("\n")
    assert lines[0] == "age-encryption.org/v1"
    for number, line in enumerate(lines):
        if line.startswith("-> X25519 "):
            share = _unpadded(line.split()[2])
            shared = key.exchange(X25519PublicKey.from_public_bytes(share))
            wrapping = _derived(shared, share + own, b"age-encryption.org/v1/X25519")
            file_key = ChaCha20Poly1305(wrapping).decrypt(bytes(12), _unpadded(lines[number + 1]), b"")
            break
    else:
        raise AssertionError("no recipient of the kind X25519")
    told = hmac.digest(_derived(file_key, b"", b"header"), header + b"\n---", "sha256")
    assert _unpadded(mac.decode()) == told
    cipher = ChaCha20Poly1305(_derived(file_key, payload[:16], b"payload"))
    pieces = [payload[start : start + CHUNK] for start in range(16, len(payload), CHUNK)]
    return b"".join(
        cipher.decrypt(number.to_bytes(11, "big") + bytes([number == len(pieces) - 1]), piece, b"")
        for number, piece in enumerate(pieces)
    )


def _derived(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt or None, info).derive(secret)


def _unpadded(text: str) -> bytes:
    return b64decode(text + "=" * (-len(text) % 4))


def _bech32(text: str) -> bytes:
    values = [ALPHABET.index(letter) for letter in text.lower().rpartition("1")[2][:-6]]
    number = 0
    for value in values:
        number = number << 5 | value
    return (number >> (len(values) * 5 % 8)).to_bytes(len(values) * 5 // 8, "big")

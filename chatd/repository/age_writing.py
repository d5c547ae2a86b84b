"""Writes what is encrypted to X25519 keys (age-encryption.org/v1), chunk by chunk.

The library of age keeps the interpreter to itself while it encrypts, so that posts wait; this lets go of
it at each chunk, and takes less of the processor. Decrypting, and keys of SSH, stay with the library.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from base64 import b64encode
from collections.abc import Iterator, Sequence
from typing import IO, Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHUNK: Final = 64 * 1024  # as the format has it
_BEGINNING: Final = "age1"
_CHECKSUM: Final = 6  # letters
_LETTERS: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_ONCE: Final = bytes(12)  # the nonce of a key that encrypts one thing
_VERSION: Final = b"age-encryption.org/v1"


class AgeWriting:
    """To all `recipients`: `age1…`, each of which is known to be one."""

    def __init__(self, recipients: Sequence[str]) -> None:
        self._keys = [_public_key(recipient) for recipient in recipients]

    def encrypt(self, data: bytes) -> bytes:
        view = memoryview(data)
        return b"".join(_parts((view[at : at + CHUNK] for at in range(0, len(view), CHUNK)), self._keys))

    def encrypt_file(self, source: IO[bytes], target: IO[bytes]) -> None:
        for part in _parts(iter(lambda: source.read(CHUNK), b""), self._keys):
            target.write(part)


def _public_key(recipient: str) -> X25519PublicKey:
    bits = 0
    letters = recipient.lower()[len(_BEGINNING) : -_CHECKSUM]
    for letter in letters:
        bits = bits << 5 | _LETTERS.index(letter)
    return X25519PublicKey.from_public_bytes((bits >> (len(letters) * 5 - 256)).to_bytes(32))


def _parts(chunks: Iterator[bytes | memoryview], keys: Sequence[X25519PublicKey]) -> Iterator[bytes]:
    """`chunks`: all of them full but the last."""
    file_key, nonce = os.urandom(16), os.urandom(16)
    yield _header(file_key, keys) + nonce
    cipher = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
    number = 0
    chunk = next(chunks, b"")
    while (following := next(chunks, None)) is not None:
        yield cipher.encrypt(number.to_bytes(11) + b"\0", chunk, None)
        number, chunk = number + 1, following
    yield cipher.encrypt(number.to_bytes(11) + b"\1", chunk, None)


def _header(file_key: bytes, keys: Sequence[X25519PublicKey]) -> bytes:
    lines = [_VERSION, *(line for key in keys for line in _stanza(file_key, key)), b"---"]
    header = b"\n".join(lines)
    mac = hmac.digest(_derived(file_key, b"", b"header"), header, hashlib.sha256)
    return header + b" " + _base64(mac) + b"\n"


def _stanza(file_key: bytes, key: X25519PublicKey) -> tuple[bytes, bytes]:
    secret = X25519PrivateKey.generate()
    share = secret.public_key().public_bytes_raw()
    wrapping = _derived(secret.exchange(key), share + key.public_bytes_raw(), _VERSION + b"/X25519")
    wrapped = ChaCha20Poly1305(wrapping).encrypt(_ONCE, file_key, None)
    return b"-> X25519 " + _base64(share), _base64(wrapped)


def _derived(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(secret)


def _base64(data: bytes) -> bytes:
    return b64encode(data).rstrip(b"=")

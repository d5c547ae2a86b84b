"""Who a client is to a NATS server: name and password, a token, an nkey, or a file of credentials; and which
servers it believes.

An nkey is an Ed25519 key in base 32, with a prefix that says its kind and a checksum at its end
(https://docs.nats.io/using-nats/developer/connecting/nkey).
"""

from __future__ import annotations

import base64
import binascii
import re
import ssl
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import Struct

SEED: Final = 18 << 3  # `S` in base 32
USER: Final = 20 << 3  # `U`
SEED_BYTES: Final = 32
LARGEST_FILE: Final = 64 * 1024  # bytes
_BLOCK: Final = re.compile(r"-{3,}BEGIN [^-\n]+-{3,}\s*\n\s*(\S+)\s*\n\s*-{3,}END", re.MULTILINE)


class CredentialsError(Exception):
    """A file or key is not what it should be; the text says what to do."""


class Credentials(Struct, frozen=True):
    """At most one of name, token and nkey. `jwt` comes with the nkey of a file of credentials."""

    user: str = ""
    password: str = ""
    token: str = ""
    seed: str = ""
    jwt: str = ""

    def fields(self, nonce: str) -> dict[str, Any]:
        """What CONNECT says of it. Raises CredentialsError."""
        if self.seed:
            key = private_key(self.seed)
            signature = base64.urlsafe_b64encode(key.sign(nonce.encode())).rstrip(b"=").decode()
            who = {"jwt": self.jwt} if self.jwt else {"nkey": public_key(key)}
            return {**who, "sig": signature}
        if self.token:
            return {"auth_token": self.token}
        return {"user": self.user, "pass": self.password} if self.user else {}


def read_file(path: Path) -> Credentials:
    """A file of credentials, or one that holds an nkey's seed alone. Raises CredentialsError."""
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(LARGEST_FILE)
    except (OSError, UnicodeDecodeError) as error:
        raise CredentialsError(f"{path} cannot be read: {error}") from error
    blocks = _BLOCK.findall(text)
    if len(blocks) >= 2:
        found = Credentials(jwt=blocks[0], seed=blocks[1])
    else:
        lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        if len(lines) != 1:
            raise CredentialsError(f"{path} holds neither credentials of NATS nor the seed of an nkey")
        found = Credentials(seed=lines[0])
    try:
        private_key(found.seed)
    except CredentialsError as error:
        raise CredentialsError(f"{path}: {error}") from None
    return found


def believing(path: Path) -> ssl.SSLContext:
    """Servers whose certificates the authorities in this file have signed. Raises CredentialsError."""
    try:
        return ssl.create_default_context(cafile=path)
    except OSError as error:
        raise CredentialsError(f"{path} holds no certificates: {error}") from error


def private_key(seed: str) -> Ed25519PrivateKey:
    """Raises CredentialsError."""
    try:
        raw = base64.b32decode(seed + "=" * (-len(seed) % 8))
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 2 + SEED_BYTES + 2 or raw[0] & 0xF8 != SEED:
        raise CredentialsError("this is not the seed of an nkey, which begins with S")
    if checksum(raw[:-2]) != int.from_bytes(raw[-2:], "little"):
        raise CredentialsError("the seed of the nkey has a wrong checksum; copy it again")
    return Ed25519PrivateKey.from_private_bytes(raw[2:-2])


def public_key(key: Ed25519PrivateKey) -> str:
    """As the configuration of a server has it, `U…`."""
    raw = bytes([USER]) + key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.b32encode(raw + checksum(raw).to_bytes(2, "little")).rstrip(b"=").decode()


def new_seed() -> str:
    """The seed of a new nkey of a user."""
    raw = bytes([SEED | USER >> 5, (USER & 31) << 3]) + Ed25519PrivateKey.generate().private_bytes_raw()
    return base64.b32encode(raw + checksum(raw).to_bytes(2, "little")).rstrip(b"=").decode()


def checksum(data: bytes) -> int:
    """CRC-16/XMODEM."""
    return binascii.crc_hqx(data, 0)

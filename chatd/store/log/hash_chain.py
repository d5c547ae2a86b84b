"""The hash chain: how an event is bound to its body and to the event before it.

`hash = SHA-256(previous hash + body digest + fields)`, where the fields are joined by NUL, which can
stand in none of them: in identifiers never, and JSON escapes it. Change one event and every later
hash is wrong. `schema.sql` tells the same.
"""

from __future__ import annotations

from hashlib import sha256

from chatd.contract.fields import HASH_BYTES

HASH_SIZE = 32  # bytes
GENESIS = bytes(HASH_SIZE)
NO_BODY = bytes(HASH_SIZE)
SALT_BYTES = 16


def body_digest(salt: bytes, text: str) -> bytes:
    return sha256(salt + text.encode()).digest()


def link(
    previous: bytes,
    body: bytes | None,
    position: int,
    stream: str,
    seq: int,
    type: str,
    at: int,
    by: str,
    data: str,
) -> bytes:
    """The hash of an event. `data` is the JSON exactly as it is stored."""
    fields = f"{position}\0{stream}\0{seq}\0{type}\0{at}\0{by}\0{data}"
    return sha256(previous + (body or NO_BODY) + fields.encode()).digest()


def shown(hash: bytes) -> str:
    """The beginning of a hash, as clients know it (`chatd.contract.fields.EventHash`)."""
    return hash[:HASH_BYTES].hex()

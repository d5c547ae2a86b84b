"""`Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): the nonce of a request that has one.

The draft writes a key in quotes; many clients do not. Both mean the same.
"""

from __future__ import annotations

import re
from typing import Any, Final

from chatd.contract.errors import Refusal
from chatd.contract.spec import RequestType

HEADER: Final = b"idempotency-key"
_KEY: Final = re.compile(rb'"((?:[ !#-\[\]-~]|\\["\\])*)"|([!#-\[\]-~]+)')  # a string of RFC 9651, or bare
_BAD: Final = Refusal("invalid", "Idempotency-Key holds characters of ASCII, in quotes or without")
_TWO: Final = Refusal("conflict", "nonce: the body and Idempotency-Key say two things; send one of them")


def take_key(key: bytes, data: dict[str, Any]) -> Refusal | None:
    """Makes the key the nonce of the request."""
    found = _KEY.fullmatch(key.strip())
    if found is None:
        return _BAD
    nonce = (found[2] if found[1] is None else re.sub(rb"\\(.)", rb"\1", found[1])).decode()
    if data.get("nonce") not in (None, nonce):
        return _TWO
    data["nonce"] = nonce
    return None


def refuse_key(row: RequestType) -> Refusal | None:
    """Of a command that has no nonce, whose client would take it for one that is carried out once. A query
    that is asked again does nothing else."""
    if row.kind == "query":
        return None
    return Refusal(
        "invalid",
        f"Idempotency-Key: {row.name} has no nonce, so it is carried out as often as it is sent; look"
        " whether it was, and send it without a key",
    )

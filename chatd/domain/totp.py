"""One-time codes that an app shows: TOTP (RFC 6238) over HOTP (RFC 4226), with what every app understands,
SHA-1, six digits and thirty seconds."""

from __future__ import annotations

import base64
import hmac
from typing import Final
from urllib.parse import quote

DIGITS: Final = 6
STEP: Final = 30_000  # milliseconds
DRIFT: Final = 1  # steps that a clock may be ahead or behind
SECRET_BYTES: Final = 20


def step_at(at: int) -> int:
    """`at`: Unix milliseconds."""
    return at // STEP


def code(secret: bytes, step: int) -> str:
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_of(secret: bytes, given: str, at: int, used: int) -> int | None:
    """The step after `used` whose code this is, if it is near `at`; else None."""
    now = step_at(at)
    fits = [
        step
        for step in range(now - DRIFT, now + DRIFT + 1)
        if hmac.compare_digest(code(secret, step).encode(), given.encode())
    ]
    return next((step for step in fits if step > used), None)


def written(secret: bytes) -> str:
    """The secret as people type it: base32."""
    return base64.b32encode(secret).decode()


def uri(secret: bytes, name: str, issuer: str) -> str:
    """What a QR code for an app holds (the key URI format that all of them read)."""
    label = quote(f"{issuer.replace(':', '')}:{name}", safe=":")
    return f"otpauth://totp/{label}?secret={written(secret)}&issuer={quote(issuer.replace(':', ''), safe='')}"

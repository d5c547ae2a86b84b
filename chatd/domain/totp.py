"""One-time codes that an app shows: TOTP (RFC 6238) with what every app understands, SHA-1, six digits and
thirty seconds. Which step a code belongs to is looked for here, because each counts once."""

from __future__ import annotations

import base64
import hmac
from typing import Final

from pyotp import HOTP, TOTP

STEP: Final = 30_000  # milliseconds
DRIFT: Final = 1  # steps that a clock may be ahead or behind
SECRET_BYTES: Final = 20


def step_at(at: int) -> int:
    """`at`: Unix milliseconds."""
    return at // STEP


def code(secret: bytes, step: int) -> str:
    return HOTP(written(secret)).at(step)


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
    return TOTP(written(secret)).provisioning_uri(name=name, issuer_name=issuer.replace(":", ""))

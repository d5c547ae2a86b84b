"""TOTP codes (RFC 6238) with the parameters that every app supports: SHA-1, six digits, thirty seconds.

`step_of` returns the time step of a code, because each code is accepted once.
"""

from __future__ import annotations

import base64
import hmac
from typing import Final

STEP: Final = 30_000  # milliseconds
DRIFT: Final = 1  # steps that a clock may be ahead or behind
SECRET_BYTES: Final = 20


def step_at(at: int) -> int:
    """`at`: Unix milliseconds."""
    return at // STEP


def code(secret: bytes, step: int) -> str:
    from pyotp import HOTP  # most people never use it: it need not be loaded by every start

    return HOTP(to_base32(secret)).at(step)


def step_of(secret: bytes, entered: str, at: int, used: int) -> int | None:
    """The step of the code, if it is later than step `used` and near `at` (Unix milliseconds); else None.

    A used step that is still to come was used before the clock was set back. It shuts nobody out until then.
    """
    now = step_at(at)
    used = used if used <= now + DRIFT else 0
    matches = [
        step
        for step in range(now - DRIFT, now + DRIFT + 1)
        if hmac.compare_digest(code(secret, step).encode(), entered.encode())
    ]
    return next((step for step in matches if step > used), None)


def to_base32(secret: bytes) -> str:
    """The secret in base32, as people type it."""
    return base64.b32encode(secret).decode()


def uri(secret: bytes, name: str, issuer: str) -> str:
    """The content of the QR code for an app (key URI format)."""
    from pyotp import TOTP

    return TOTP(to_base32(secret)).provisioning_uri(name=name, issuer_name=issuer.replace(":", ""))

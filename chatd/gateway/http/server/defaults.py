"""What every response says unless who makes it says something else: nobody keeps it, frames it or runs what
is in it. One that switches protocols (101) says none of it."""

from __future__ import annotations

from typing import Final

DEFAULTS: Final = (
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
)

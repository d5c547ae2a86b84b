"""ULIDs: 128 bits as 26 characters, which sort as the bits do (https://github.com/ulid/spec)."""

from __future__ import annotations

from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
SHIFTS: Final = tuple(range(125, -1, -5))  # where the five bits of each character stand


def ulid(bits: int) -> str:
    """`bits`: 48 for the Unix milliseconds, then 80 that nobody else has."""
    return "".join([ALPHABET[bits >> shift & 31] for shift in SHIFTS])

"""A chatd whose password hashes cost next to nothing, for tests in which many sign in."""

from __future__ import annotations

import argon2

from chatd.cli import main

PROGRAM = (__file__,)

if __name__ == "__main__":
    argon2.profiles.RFC_9106_LOW_MEMORY = argon2.profiles.CHEAPEST
    main()

"""How large the body of a request may be, by the path that it is sent to."""

from __future__ import annotations

from typing import Final

FORM_BODY: Final = 64 * 1024  # of the forms that the server's own pages show
API_BODY: Final = 1024 * 1024
# Beginnings of paths; the first that fits counts. None: whoever serves it has a bound of its own, and reads
# the body as it comes.
LIMITS: Final[tuple[tuple[str, int | None], ...]] = (("/files", None), ("/api/", API_BODY))


def body_limit(path: str) -> int | None:
    """In bytes."""
    if path in ("/", "/ws"):
        return FORM_BODY
    return next((most for beginning, most in LIMITS if path.startswith(beginning)), FORM_BODY)

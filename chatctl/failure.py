"""The one exception that ends a command with status 1."""

from __future__ import annotations


class Failed(Exception):
    """Refused or failed. The message is one line that says what went wrong and how to mend it."""

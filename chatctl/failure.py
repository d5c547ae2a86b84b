"""The one exception that ends a command with status 1."""

from __future__ import annotations

from typing import Final

from chatd import __version__

OTHER_VERSION: Final = (
    f"this chatctl has version {__version__}: is the server's another one? Use the chatctl that came with it"
)


class Failed(Exception):
    """Refused or failed. The message is one line that says what went wrong and how to mend it."""

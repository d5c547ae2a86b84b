"""The conduct of a client: what it sent that no honest client sends, and when that is enough."""

from __future__ import annotations

from typing import Final

from chatd.contract.errors import Code

BAD_FRAMES: Final = 16  # that cannot be read, or have no id
STRANGER_REFUSALS: Final = 50  # before a session is open
_PASSING: Final[frozenset[Code]] = frozenset(
    {"rate_limited", "overloaded", "unavailable", "uncertain", "internal"}
)


class Conduct:
    """Counts. `enough`: why the connection has to be closed, once it has."""

    def __init__(self, lenient: bool) -> None:
        self.enough: str | None = None
        self._bad_frames = self._refusals = 0
        self._lenient = lenient  # with strangers

    def bad_frame(self) -> None:
        self._bad_frames += 1
        if self._bad_frames >= BAD_FRAMES:
            self.enough = f"{BAD_FRAMES} frames could not be read or had no id"

    def stranger_refused(self, code: Code) -> None:
        """A refusal before a session is open. One that passes by itself does not count: the client may well
        be one of a crowd that comes back."""
        if self._lenient or code in _PASSING:
            return
        self._refusals += 1
        if self._refusals >= STRANGER_REFUSALS:
            self.enough = f"{STRANGER_REFUSALS} requests were refused before a session was open"

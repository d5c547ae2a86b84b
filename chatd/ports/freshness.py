"""Whether this server knows what was acknowledged elsewhere."""

from __future__ import annotations

from typing import Protocol


class Freshness(Protocol):
    """Of a node of a cluster."""

    @property
    def sequence(self) -> int:
        """Grows with what this server learns."""

    @property
    def cut_off(self) -> str | None:
        """Why this server may not know what the others know; None: it does."""

    async def catch_up(self) -> None:
        """Returns when this server knows all that was acknowledged anywhere before the call. Raises
        StoreUnavailable."""

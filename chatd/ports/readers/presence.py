"""What accounts chose to show of their presence, and when they were last there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chatd.ports.rows import Row


class PresenceReader(Protocol):
    async def presences(self, accounts: Sequence[str]) -> list[Row]:
        """`{account, mode, last_seen}`"""

"""What an account has begun to write."""

from __future__ import annotations

from typing import Protocol

from chatd.ports.rows import Row


class DraftReader(Protocol):
    async def drafts(self, account: str) -> list[Row]:
        """`{room, thread, text, at, hidden}`, newest first. `hidden`: the account is not in the room."""

"""The messages that an account keeps at hand."""

from __future__ import annotations

from typing import Protocol

from chatd.ports.rows import Row


class BookmarkReader(Protocol):
    async def bookmarks(self, account: str, before: int | None, limit: int) -> list[Row]:
        """`{room, seq, note, at, position}` with position < `before`, newest first."""

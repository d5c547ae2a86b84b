"""Questions about the messages that an account keeps at hand."""

from __future__ import annotations

from chatd.ports import Row
from chatd.store import json_rows
from chatd.store.queries.pool import Queries

BOOKMARKS = json_rows.folded(
    "SELECT * FROM bookmarks WHERE account = ? AND position < ? ORDER BY position DESC LIMIT ?",
    ("room", "seq", "note", "at", "position"),
)

LAST_POSITION = 2**63 - 1


class BookmarkQueries(Queries):
    async def bookmarks(self, account: str, before: int | None, limit: int) -> list[Row]:
        before = LAST_POSITION if before is None else min(before, LAST_POSITION)
        return await self._rows(BOOKMARKS, account, before, limit)

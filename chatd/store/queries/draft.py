"""Questions about what an account has begun to write."""

from __future__ import annotations

from chatd.ports import Row
from chatd.store import json_rows
from chatd.store.queries.pool import Queries

DRAFTS = json_rows.folded(
    """
    SELECT *, NOT EXISTS (
        SELECT 1 FROM members
        WHERE stream = 'room/' || room AND members.account = drafts.account AND until IS NULL
    ) AS hidden
    FROM drafts WHERE account = ? ORDER BY at DESC, room, thread LIMIT -1
    """,
    ("room", "thread", "text", "at"),
    ("hidden",),
)


class DraftQueries(Queries):
    async def drafts(self, account: str) -> list[Row]:
        return await self._rows(DRAFTS, account)

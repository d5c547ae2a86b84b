"""Questions about what an account has begun to write."""

from __future__ import annotations

from chatd.ports import Row
from chatd.store import json_rows
from chatd.store.queries.pool import Queries

DRAFTS = json_rows.folded(
    "SELECT * FROM drafts WHERE account = ? ORDER BY at DESC, room, thread LIMIT -1",
    ("room", "thread", "text", "at"),
)


class DraftQueries(Queries):
    async def drafts(self, account: str) -> list[Row]:
        return await self._rows(DRAFTS, account)

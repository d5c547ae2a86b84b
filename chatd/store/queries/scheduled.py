"""Questions about what is to be done later: messages to be posted, messages that expire."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

from chatd.ports import Row
from chatd.store import json_rows
from chatd.store.queries.pool import Queries

MESSAGE = ("id", "room", "text", "reply_to", "expires_in", "post_at", "created_at", "failed")
ATTACHED = ("attachments",)
SCHEDULED = json_rows.folded(
    "SELECT * FROM scheduled WHERE account = ? ORDER BY post_at, id LIMIT -1", MESSAGE, nested=ATTACHED
)
DUE = json_rows.folded(
    "SELECT * FROM scheduled WHERE failed IS NULL AND coalesce(retry_at, post_at) <= ?"
    " ORDER BY post_at, id LIMIT ?",
    (*MESSAGE, "account"),
    nested=ATTACHED,
)
EXPIRING = "FROM messages WHERE expires_at IS NOT NULL AND NOT deleted"
EXPIRED = json_rows.folded(
    f"SELECT room, seq {EXPIRING} AND expires_at <= ? ORDER BY expires_at LIMIT ?", ("room", "seq")
)
NEXT_DUE = f"""
    SELECT min(at) FROM (
        SELECT min(coalesce(retry_at, post_at)) AS at FROM scheduled WHERE failed IS NULL
        UNION ALL SELECT (SELECT expires_at {EXPIRING} ORDER BY expires_at LIMIT 1)
    )
"""


class ScheduledQueries(Queries):
    async def scheduled(self, account: str) -> list[Row]:
        return await self._rows(SCHEDULED, account)

    async def due(self, at: int, limit: int) -> list[Row]:
        return await self._rows(DUE, at, limit)

    async def expired(self, at: int, limit: int) -> list[Row]:
        return await self._rows(EXPIRED, at, limit)

    async def next_due(self) -> int | None:
        found: int | None = await self._cell(NEXT_DUE)
        return found

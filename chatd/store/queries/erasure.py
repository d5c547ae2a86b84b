"""Questions about orders to erase what an account wrote in a space: which there are, what they concern."""

from __future__ import annotations

import msgspec

from chatd.ports import Row
from chatd.store import json_rows
from chatd.store.queries.pool import Queries

ORDER = ("space", "account", "position", "by", "reason", "ordered_at", "due_at")
ORDERS = json_rows.folded(
    "SELECT * FROM message_erasures WHERE space = ? ORDER BY due_at, account LIMIT -1", ORDER
)
DUE_ORDERS = json_rows.folded(
    "SELECT * FROM message_erasures WHERE due_at <= ? ORDER BY due_at LIMIT -1", ORDER
)
NEXT_ORDER = "SELECT min(due_at) FROM message_erasures"
# the newest are erased first
WRITTEN_BEFORE = """
    SELECT json_group_array(seq) FROM (
        SELECT seq FROM messages WHERE room = ? AND by = ? AND deleted = 0 AND position < ?
        ORDER BY seq DESC LIMIT ?
    )
"""
WRITTEN_COUNT = "SELECT count(*) FROM messages WHERE room = ? AND by = ? AND deleted = 0"


class ErasureQueries(Queries):
    async def message_erasures(self, space: str) -> list[Row]:
        return await self._rows(ORDERS, space)

    async def due_message_erasures(self, at: int) -> list[Row]:
        return await self._rows(DUE_ORDERS, at)

    async def next_message_erasure(self) -> int | None:
        at: int | None = await self._cell(NEXT_ORDER)
        return at

    async def written_before(self, room: str, account: str, position: int, limit: int) -> list[int]:
        found: list[int] = msgspec.json.decode(
            await self._cell(WRITTEN_BEFORE, room, account, position, limit)
        )
        return found

    async def written_count(self, room: str, account: str) -> int:
        return int(await self._cell(WRITTEN_COUNT, room, account))

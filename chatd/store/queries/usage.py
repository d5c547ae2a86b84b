"""Questions about what accounts have written and made."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

from chatd.ports import EVENT_BYTES, Row
from chatd.store import json_rows
from chatd.store.queries.pool import Queries

BOT_OWNERS = json_rows.folded("SELECT account, owner FROM bots", ("account", "owner"))
WRITTEN = json_rows.folded(
    """
    SELECT by, sum(type = 'message.posted') AS messages, sum(type = 'message.reported') AS reports,
        sum(type = 'file.added') AS uploads,
        sum(?4 + length(CAST(data AS BLOB)) + coalesce(length(CAST(text AS BLOB)), 0)) AS bytes
    FROM events LEFT JOIN body_rows USING (position)
    WHERE position > ?1 AND position <= ?2 AND at >= ?3 AND at < ?3 + 86400000
        AND data ->> 'imported' IS NULL GROUP BY by
    """,
    ("by", "messages", "bytes", "reports", "uploads"),
)
SPACES_OWNED = """
    SELECT count(*) FROM members
    WHERE account = ? AND stream > 'space/' AND stream < 'space0' AND until IS NULL AND role = 'owner'
"""
MAKERS = "(SELECT ?1 UNION ALL SELECT account FROM bots WHERE owner = ?1)"
ROOMS_MADE = f"""
    SELECT coalesce(max(made), 0) FROM (
        SELECT count(*) AS made FROM rooms
        WHERE made_by IN {MAKERS} AND NOT deleted AND space IS NOT NULL GROUP BY space
    )
"""
SPACE_ROOMS = "SELECT count(*) FROM rooms WHERE space = ?1 AND NOT deleted"
SPACE_ROOMS_MADE = f"SELECT count(*) FROM rooms WHERE made_by IN {MAKERS} AND space = ?2 AND NOT deleted"


class UsageQueries(Queries):
    async def bot_owners(self) -> dict[str, str]:
        return {row["account"]: row["owner"] for row in await self._rows(BOT_OWNERS)}

    async def written_by_account(self, after: int, upto: int, at: int) -> list[Row]:
        return await self._rows(WRITTEN, after, upto, at, EVENT_BYTES)

    async def spaces_owned(self, account: str) -> int:
        owned: int = await self._cell(SPACES_OWNED, account)
        return owned

    async def rooms_made(self, account: str) -> int:
        made: int = await self._cell(ROOMS_MADE, account)
        return made

    async def space_rooms(self, space: str) -> int:
        rooms: int = await self._cell(SPACE_ROOMS, space)
        return rooms

"""Questions about rooms."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

from collections.abc import Sequence

from chatd.ports import OtherRooms, Row
from chatd.store import json_rows
from chatd.store.queries.pool import Queries

ROOM = ("id", "space", "name", "kind", "topic", "slow_mode", "keep_days", "created_at", "head")
ROOM_FLAGS = ("private", "archived", "locked", "hold")
ROOM_ACCOUNTS = ("accounts", "disabled")
ROOMS = """
    SELECT *, (SELECT max(seq) FROM events WHERE stream = 'room/' || rooms.id) AS head, iif(
        kind = 'direct',
        (SELECT json_group_array(account) FROM (
            SELECT account FROM members WHERE stream = 'room/' || rooms.id AND until IS NULL
            ORDER BY account LIMIT -1
        )), NULL) AS accounts, iif(
        kind = 'direct',
        (SELECT json_group_array(account) FROM (
            SELECT told.account FROM disabled_members AS told CROSS JOIN members
                ON members.stream = told.stream AND members.account = told.account AND members.until IS NULL
            WHERE told.stream = 'room/' || rooms.id ORDER BY told.account LIMIT -1
        )), NULL) AS disabled
    FROM rooms WHERE NOT deleted
"""


def rooms_where(condition: str) -> str:
    """SQL for the rooms that the `AND` condition leaves."""
    return json_rows.folded(f"{ROOMS} {condition} ORDER BY id LIMIT -1", ROOM, ROOM_FLAGS, ROOM_ACCOUNTS)


ALL_ROOMS = rooms_where("")
ROOMS_BY_ID = rooms_where("AND id IN (SELECT value FROM json_each(?))")
ROOMS_BY_SPACE = rooms_where("AND space = ?")
ROOMS_BY_ID_AND_SPACE = rooms_where("AND id IN (SELECT value FROM json_each(?)) AND space = ?")
_INSIDE = """EXISTS (
    SELECT 1 FROM members WHERE account = ?2 AND stream = 'room/' || rooms.id AND until IS NULL
)"""
ROOMS_LISTED = json_rows.folded(
    f"""
    SELECT *, {_INSIDE} AS member FROM ({ROOMS} AND space = ?1 AND id > ?4
        AND (?3 = 'all' OR ?3 = 'public' AND NOT private OR {_INSIDE})
        ORDER BY id LIMIT ?5
    ) AS rooms ORDER BY id LIMIT -1
    """,
    ROOM,
    (*ROOM_FLAGS, "member"),
    ROOM_ACCOUNTS,
)


class RoomQueries(Queries):
    async def rooms(self, ids: Sequence[str] | None = None, space: str | None = None) -> list[Row]:
        if ids is None and space is None:
            return await self._rows(ALL_ROOMS)
        if ids is None:
            return await self._rows(ROOMS_BY_SPACE, space)
        if space is None:
            return await self._rows(ROOMS_BY_ID, json_rows.array(ids))
        return await self._rows(ROOMS_BY_ID_AND_SPACE, json_rows.array(ids), space)

    async def rooms_listed(
        self, space: str, account: str | None, others: OtherRooms, after: str | None, limit: int
    ) -> list[Row]:
        return await self._rows(ROOMS_LISTED, space, account or "", others, after or "", limit)

"""Questions about web push: to which devices, and of what."""

from __future__ import annotations

from chatd.ports import Row
from chatd.store import json_rows
from chatd.store.queries.pool import Queries

ANY_PUSH = "SELECT EXISTS (SELECT 1 FROM pushes)"
PUSHES = """
    SELECT device, endpoint, p256dh, auth, at, expires_at
    FROM pushes CROSS JOIN devices ON devices.id = device
    WHERE pushes.account = ? ORDER BY at DESC, device
"""
NOTIFIED = json_rows.folded(
    """
    SELECT made.*, author.display_name AS author, rooms.space,
        iif(inside.since IS NULL, NULL, nullif(rooms.name, '')) AS room_name,
        iif(inside.since IS NULL, NULL, spaces.name) AS space_name,
        messages.thread, bodies.text, coalesce(json_array_length(messages.attachments), 0) AS files,
        coalesce(push_preview, 1) AS preview
    FROM (
        SELECT position, at, substr(stream, 9) AS account, data ->> 'notification' AS notification,
            data ->> 'kind' AS kind, data ->> 'room' AS room, data ->> 'seq' AS seq,
            data ->> 'from' AS "by", data ->> 'reason' AS reason
        FROM events
        WHERE position > ?1 AND position <= ?2 AND type = 'notification.created' AND stream LIKE 'account/%'
            AND coalesce(data ->> 'quiet', 0) = 0
    ) AS made
    CROSS JOIN accounts AS own ON own.id = made.account AND NOT own.disabled AND NOT own.deleted
    LEFT JOIN rooms ON rooms.id = made.room
    LEFT JOIN spaces ON spaces.id = rooms.space
    LEFT JOIN members AS inside
        ON inside.stream = 'room/' || made.room AND inside.account = made.account AND inside.until IS NULL
    LEFT JOIN accounts AS author ON author.id = made."by"
    LEFT JOIN messages ON messages.room = made.room AND messages.seq = made.seq
    LEFT JOIN bodies ON bodies.position = messages.body AND NOT messages.deleted
    LEFT JOIN preferences ON preferences.account = made.account
    LEFT JOIN read_markers ON read_markers.account = made.account AND read_markers.room = made.room
    WHERE EXISTS (SELECT 1 FROM pushes WHERE pushes.account = made.account)
        AND NOT rooms.deleted
        AND (made.seq IS NULL OR (
            NOT messages.deleted AND coalesce(read_markers.seq, 0) < made.seq
            AND inside.since IS NOT NULL
            AND NOT EXISTS (
                SELECT 1 FROM silenced WHERE silenced.account = made.account AND silent = made."by"
            )
        ))
    ORDER BY made.position LIMIT -1
    """,
    (
        *("position", "at", "account", "notification", "kind", "room", "seq", "thread", "by", "reason"),
        *("author", "room_name", "space", "space_name", "text", "files"),
    ),
    ("preview",),
)


class PushQueries(Queries):
    async def any_push(self) -> bool:
        return bool(await self._cell(ANY_PUSH))

    async def pushes(self, account: str) -> list[Row]:
        return await self._records(PUSHES, account)

    async def notified(self, after: int, upto: int) -> list[Row]:
        return await self._rows(NOTIFIED, after, upto)

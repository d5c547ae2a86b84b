"""Questions about what imports that were taken back have left: memberships that they gave to accounts that
were there before, and custom emoji; and whether people have used that since.

An event that let somebody in, or added an emoji, says which import did it (`imported`). What an import of a
source gave, a later one of the same source found there: so it goes with the last of them.
"""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chatd.ports import Row
from chatd.store import json_rows
from chatd.store.log.imports import STANDS
from chatd.store.queries.audit import AUDITED
from chatd.store.queries.pool import Queries

# Imports into the space `?1` that were taken back, of sources of which no other one stands.
GONE = f"""
    gone AS MATERIALIZED (
        SELECT id FROM imports WHERE space = ?1 AND undone_at IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM imports AS other
            WHERE other.space = ?1 AND other.source = imports.source AND {STANDS}
        )
    )
"""
STANDING = f"""
    SELECT max(other.id) FROM imports AS other WHERE other.space = ?1 AND other.source = ?2 AND {STANDS}
"""
# Whom the import itself had made has claimed the account since. Ids are in the order in which they were made.
CLAIMED = """
    entry.data ->> 'imported' < entry.data ->> 'account' AND EXISTS (
        SELECT 1 FROM events AS made WHERE made.stream = 'account/' || (entry.data ->> 'account')
            AND made.seq = 1 AND made.data ->> 'placeholder'
    )
"""
WROTE = """
    EXISTS (
        SELECT 1 FROM messages INDEXED BY messages_by_author
        WHERE messages.room = {room} AND messages.by = {account} AND (imported IS NULL OR NOT deleted)
    )
"""
IN_ROOMS = f"""
    WITH {GONE}, places AS MATERIALIZED (
        SELECT DISTINCT room, 'room/' || room AS stream FROM import_rooms
        CROSS JOIN rooms ON rooms.id = room AND rooms.space = ?1 AND NOT rooms.deleted
        WHERE import_rooms.space = ?1
    ), acted AS MATERIALIZED (
        SELECT places.room, account FROM places CROSS JOIN reactions ON reactions.room = places.room
        UNION SELECT places.room, by FROM places CROSS JOIN pins ON pins.room = places.room
        UNION SELECT places.room, account FROM places CROSS JOIN subscriptions
            ON subscriptions.room = places.room
    )
    SELECT places.stream AS stream, member.account AS account, entry.data ->> 'imported' AS imported,
        acted.account IS NOT NULL OR {WROTE.format(room="places.room", account="member.account")} AS used
    FROM places CROSS JOIN members AS member INDEXED BY members_now
        ON member.stream = places.stream AND member.until IS NULL
    CROSS JOIN events AS entry ON entry.position = member.since AND entry.data ->> 'imported' IN gone
    LEFT JOIN acted ON acted.room = places.room AND acted.account = member.account
    WHERE NOT ({CLAIMED})
"""
IN_SPACE = f"""
    WITH {GONE}
    SELECT member.stream AS stream, member.account AS account, entry.data ->> 'imported' AS imported, EXISTS (
        SELECT 1 FROM bots CROSS JOIN members AS brought ON brought.stream = member.stream
            AND brought.account = bots.account AND brought.until IS NULL
        WHERE bots.owner = member.account
    ) OR EXISTS (
        SELECT 1 FROM members AS own CROSS JOIN rooms ON rooms.id = substr(own.stream, 6)
            AND own.stream LIKE 'room/%' AND rooms.space = ?1
        CROSS JOIN events AS came ON came.position = own.since
        WHERE own.account = member.account AND (
            coalesce(came.data ->> 'imported', '') NOT IN gone
            OR (own.until IS NULL AND NOT rooms.deleted)
            OR {WROTE.format(room="rooms.id", account="own.account")}
        )
    ) AS used
    FROM members AS member INDEXED BY members_now
    CROSS JOIN events AS entry ON entry.position = member.since AND entry.data ->> 'imported' IN gone
    WHERE member.stream = 'space/' || ?1 AND member.until IS NULL AND member.role = 'member'
        AND NOT ({CLAIMED})
"""
UNUSED = "SELECT stream, account FROM ({given}) WHERE NOT used ORDER BY stream, account LIMIT ?2"
UNUSED_IN_ROOMS = json_rows.folded(UNUSED.format(given=IN_ROOMS), ("stream", "account"))
UNUSED_IN_SPACE = json_rows.folded(UNUSED.format(given=IN_SPACE), ("stream", "account"))
USED = "(SELECT count(*) FROM ({given}) CROSS JOIN imports ON id = imported AND source = ?2 WHERE used)"
USED_MEMBERSHIPS = f"SELECT {USED.format(given=IN_ROOMS)} + {USED.format(given=IN_SPACE)}"
EMOJI = json_rows.folded(
    f"""
    WITH {GONE}
    SELECT name, image, source FROM (
        SELECT at, data FROM events WHERE stream = 'space/' || ?1 AND {AUDITED} AND type = 'emoji.added'
    ) AS added
    CROSS JOIN emoji ON emoji.space = ?1 AND emoji.name = data ->> 'name'
        AND emoji.image = data ->> 'image' AND emoji.at = added.at
    CROSS JOIN imports ON imports.id = data ->> 'imported'
    WHERE data ->> 'imported' IN gone
    """,
    ("name", "image", "source"),
)
BEGUN = f"""
    WITH {GONE}
    SELECT min(position) FROM events
    WHERE stream = 'space/' || ?1 AND {AUDITED} AND type = 'import.begun' AND data ->> 'import' IN gone
"""
REACTED_WITH = """
    SELECT json_group_array(DISTINCT wanted.value) FROM rooms
    CROSS JOIN reactions ON reactions.room = rooms.id
    CROSS JOIN json_each(?2) AS wanted ON reactions.emoji = ':' || wanted.value || ':'
    WHERE rooms.space = ?1 AND NOT rooms.deleted
"""
# A text is the newest version of a message that can be read.
WRITTEN = json_rows.folded(
    """
    WITH piece AS MATERIALIZED (
        SELECT position, text FROM bodies WHERE position > ?3 ORDER BY position LIMIT ?4
    )
    SELECT (
        SELECT json_group_array(DISTINCT wanted.value) FROM piece
        CROSS JOIN json_each(?2) AS wanted ON instr(text, ':' || wanted.value || ':')
        CROSS JOIN events ON events.position = piece.position
        CROSS JOIN rooms ON rooms.id = substr(events.stream, 6) AND rooms.space = ?1 AND NOT rooms.deleted
        CROSS JOIN messages ON messages.room = rooms.id AND messages.body = piece.position
            AND messages.seq = coalesce(data ->> 'seq', events.seq) AND NOT messages.deleted
    ) AS names, (SELECT max(position) FROM piece) AS last
    """,
    ("last",),
    (),
    ("names",),
)


class ImportTraceQueries(Queries):
    async def unused_memberships(self, space: str, limit: int) -> list[Row]:
        rooms = await self._rows(UNUSED_IN_ROOMS, space, limit)
        return rooms or await self._rows(UNUSED_IN_SPACE, space, limit)

    async def used_memberships(self, space: str, source: str) -> int:
        return int(await self._cell(USED_MEMBERSHIPS, space, source))

    async def standing_import(self, space: str, source: str) -> str | None:
        found: str | None = await self._cell(STANDING, space, source)
        return found

    async def emoji_left(self, space: str) -> list[Row]:
        return await self._rows(EMOJI, space)

    async def import_begun_at(self, space: str) -> int:
        return int(await self._cell(BEGUN, space) or 0)

    async def reacted_with(self, space: str, names: Sequence[str]) -> list[str]:
        found: list[str] = msgspec.json.decode(await self._cell(REACTED_WITH, space, json_rows.array(names)))
        return found

    async def emoji_written(self, space: str, names: Sequence[str], after: int, limit: int) -> Row:
        [row] = await self._rows(WRITTEN, space, json_rows.array(names), after, limit)
        return row

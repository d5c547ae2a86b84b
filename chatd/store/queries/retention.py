"""Questions about retention: the rules, what is too old, what legal holds have preserved."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

from typing import Final

import msgspec

from chatd.ports import Row, Stretch
from chatd.store import json_rows
from chatd.store.queries.file import INFO
from chatd.store.queries.pool import Queries

# as `rule` in `chatd.domain.retention`
RULES: Final = json_rows.folded(
    """
    SELECT * FROM (
        SELECT rooms.id AS room, coalesce(rooms.keep_days, spaces.keep_days, 0) AS days,
            max(rooms.retention_at, coalesce(spaces.retention_at, 0)) AS since
        FROM rooms LEFT JOIN spaces ON spaces.id = rooms.space
        WHERE NOT rooms.hold AND NOT coalesce(spaces.hold, 0)
    ) WHERE days > 0 AND since <= ?
    """,
    ("room", "days", "since"),
)
STRETCH: Final = """
    SELECT json_object(
        'last', max(seq),
        'old', json_group_array(seq) FILTER (WHERE NOT deleted AND at <= ?3),
        'alive', json(iif(coalesce(max(NOT deleted AND at > ?3), 0), 'true', 'false')),
        'more', json(iif(count(*) = ?4, 'true', 'false'))
    )
    FROM (SELECT seq, at, deleted FROM messages WHERE room = ?1 AND seq > ?2 ORDER BY seq LIMIT ?4)
"""
# ?5: whether the hold that is asked for ends; the other one, of the space or of a room, may stand
AT_STAKE: Final = """
    rooms.hold * iif(rooms.id = ?1, NOT ?5, 1) = 0
    AND coalesce(spaces.hold, 0) * iif(rooms.space = ?2, NOT ?5, 1) = 0
"""
OLD: Final = f"""
    SELECT json_array(count(*), min(messages.at)) FROM (
        SELECT rooms.id AS room, iif(rooms.space = ?2, coalesce(rooms.keep_days, ?4), ?4) AS days FROM rooms
        LEFT JOIN spaces ON spaces.id = rooms.space
        WHERE (rooms.id = ?1 OR (rooms.space = ?2 AND (rooms.keep_days IS NULL OR ?5))) AND {AT_STAKE}
    ) AS own CROSS JOIN messages ON messages.room = own.room
    WHERE own.days > 0 AND NOT messages.deleted AND messages.at <= ?3 - own.days * 86400000
"""
RELEASED_MESSAGES: Final = f"""
    SELECT json_array(count(*)) FROM rooms
    LEFT JOIN spaces ON spaces.id = rooms.space
    CROSS JOIN preserved_messages AS own ON own.room = rooms.id
    WHERE (rooms.id = ?1 OR rooms.space = ?2) AND {AT_STAKE.replace("?5", "1")}
"""
RELEASED: Final = """
    SELECT json_group_array(room) FROM (
        SELECT DISTINCT own.room FROM preserved_messages AS own CROSS JOIN rooms ON rooms.id = own.room
        LEFT JOIN spaces ON spaces.id = rooms.space
        WHERE NOT EXISTS (SELECT 1 FROM rooms_on_hold WHERE rooms_on_hold.room = own.room)
            AND max(rooms.retention_at, coalesce(spaces.retention_at, 0)) <= ?
    )
"""
PRESERVED_SEQS: Final = """
    SELECT json_group_array(seq) FROM (
        SELECT seq FROM preserved_messages WHERE room = ? ORDER BY seq LIMIT ?
    )
"""
PRESERVED: Final = json_rows.folded(
    f"""
    SELECT m.seq, m.at, m.by, gone.at AS deleted_at, gone.by AS deleted_by, (
        SELECT json_group_array(text) FROM (
            SELECT text FROM (
                SELECT m.position AS position UNION ALL
                SELECT position FROM edits WHERE edits.room = m.room AND edits.seq = m.seq
            ) CROSS JOIN preserved_bodies USING (position) ORDER BY position LIMIT -1
        )
    ) AS texts, (
        SELECT json_group_array(json_object({INFO})) FROM preserved_attachments AS one
        CROSS JOIN files AS file ON file.id = one.file AND NOT file.deleted
        CROSS JOIN bodies AS said ON said.position = file.position
        WHERE one.room = m.room AND one.seq = m.seq
    ) AS files
    FROM preserved_messages AS own CROSS JOIN messages AS m USING (room, seq)
    CROSS JOIN events AS gone ON gone.position = own.position
    WHERE own.room = ? AND own.seq > ? ORDER BY own.seq LIMIT ?
    """,
    ("seq", "at", "by", "deleted_at", "deleted_by"),
    nested=("texts", "files"),
)

_stretch = msgspec.json.Decoder(Stretch).decode
_old = msgspec.json.Decoder(tuple[int, int | None]).decode
_seqs = msgspec.json.Decoder(list[int]).decode


class RetentionQueries(Queries):
    async def retention_rules(self, set_before: int) -> list[Row]:
        return await self._rows(RULES, set_before)

    async def stretch(self, room: str, after: int, before: int, limit: int) -> Stretch:
        return _stretch(await self._cell(STRETCH, room, after, before, limit))

    async def old_messages(
        self, room: str | None, space: str | None, at: int, days: int, hold_ends: bool = False
    ) -> tuple[int, int | None]:
        return _old(await self._cell(OLD, room, space, at, days, hold_ends))

    async def released_messages(self, room: str | None, space: str | None) -> int:
        return _seqs(await self._cell(RELEASED_MESSAGES, room, space))[0]

    async def released_rooms(self, set_before: int) -> list[str]:
        return await self._strings(RELEASED, set_before)

    async def preserved_seqs(self, room: str, limit: int) -> list[int]:
        return _seqs(await self._cell(PRESERVED_SEQS, room, limit))

    async def preserved_messages(self, room: str, after: int, limit: int) -> list[Row]:
        return await self._rows(PRESERVED, room, after, limit)

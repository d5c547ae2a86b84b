"""Questions about what was received and read: read markers, unread counts, receipts."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import partial
from operator import itemgetter

import msgspec

from chatd.ports import Row
from chatd.store import json_rows
from chatd.store.queries.direct import ALL_DIRECT
from chatd.store.queries.pool import Queries

READ_MARKER = "SELECT seq FROM read_markers WHERE account = ? AND room = ?"
MARKERS = """
    SELECT json_group_object(account, json_array(seq, furthest)) FROM read_markers
    WHERE room = ? AND account IN (SELECT value FROM json_each(?))
"""

# Counted, not walked: a room's messages are numbered (`nth`), so what came after the floor is a
# difference (imported ones do not count), less what was deleted there, less one's own, less that of those who
# are blocked. A read marker knows its number. Materialized so that SQLite works out every value once.
# `first_unread` walks only over what does not count. No order is asked for: SQLite would sort what its index
# gives in order already. In a room without imported messages, `plain`, the index alone knows who wrote.
FLOOR = "max(coalesce(marker.seq, 0), joined.seq)"
POSTS = "FROM messages WHERE messages.room = substr(members.stream, 6)"
PLACES = f"""
    SELECT substr(members.stream, 6) AS room, coalesce(marker.seq, 0) AS read, {FLOOR} AS floor,
        (SELECT max(seq) FROM events WHERE events.stream = members.stream) AS head,
        coalesce((SELECT nth {POSTS} ORDER BY seq DESC LIMIT 1), 0) - coalesce(
            iif(marker.seq >= joined.seq, marker.nth, NULL),
            (SELECT nth {POSTS} AND seq <= {FLOOR} ORDER BY seq DESC LIMIT 1),
            0
        ) AS came,
        NOT EXISTS (SELECT 1 FROM imported_messages AS i WHERE i.room = substr(members.stream, 6)) AS plain
    FROM members CROSS JOIN events AS joined ON joined.position = members.since
    LEFT JOIN read_markers AS marker ON marker.account = ?1 AND marker.room = substr(members.stream, 6)
    WHERE members.account = ?1 AND members.stream >= 'room/' AND members.stream < 'room0' AND until IS NULL
"""
UNHEARD = "(SELECT silent FROM silenced WHERE account = ?1)"
IN_ROOM = "FROM messages WHERE messages.room = place.room"
WRITTEN = """
    SELECT count(*) FROM messages INDEXED BY messages_by_author
    WHERE messages.room = place.room AND deleted = 0 AND seq > floor
"""
DELETED = """
    FROM messages INDEXED BY messages_deleted
    WHERE messages.room = place.room AND deleted AND imported IS NULL
"""
MENTIONED = f"""
    SELECT count(*) FROM mentions AS mention CROSS JOIN messages
        ON messages.room = mention.room AND messages.seq = mention.seq
    WHERE mention.room = place.room AND mention.seq > floor AND by <> ?1 AND NOT deleted
        AND by NOT IN {UNHEARD} AND NOT EXISTS (SELECT 1 FROM unheard_mentions AS unheard
            WHERE unheard.account = ?1 AND unheard.room = mention.room AND unheard.seq = mention.seq)
"""
UNNAMED = """
    NOT EXISTS (SELECT 1 FROM mentions AS other
        WHERE other.account = ?1 AND other.room = mention.room AND other.seq = mention.seq)
"""


def _written(by: str) -> str:
    """How many of the messages after the floor these people wrote, but for imported ones."""
    return f"iif(plain, ({WRITTEN} AND {by}), ({WRITTEN} AND {by} AND imported IS NULL))"


UNREAD_FIELDS = ("room", "read", "head", "unread", "mentions", "first_unread")
UNREAD_ROOMS = json_rows.folded(
    f"""
    SELECT room, read, head, iif(came = 0, 0, came - (SELECT count(*) {DELETED} AND seq > floor)
        - {_written("by = ?1")} - {_written(f"by IN {UNHEARD} AND by <> ?1")}
    ) AS unread, iif(came = 0, 0,
        ({MENTIONED} AND account = ?1) + ({MENTIONED} AND account = 'room' AND {UNNAMED})
    ) AS mentions, iif(came = 0, NULL, (
        SELECT seq {IN_ROOM} AND seq > floor AND imported IS NULL AND NOT deleted AND by <> ?1
            AND by NOT IN {UNHEARD} ORDER BY seq LIMIT 1
    )) AS first_unread
    FROM places AS place
    """,
    UNREAD_FIELDS,
)
UNREAD = f"WITH places AS MATERIALIZED ({PLACES}) {UNREAD_ROOMS}"
UNREAD_AND_DIRECT = f"SELECT ({UNREAD}), ({ALL_DIRECT})"

# members of the moment at which the message came: those who have not left since, and those who have; what the
# latter were given before they left is not known, and what they are given elsewhere is nobody's business here
MEMBER_THEN = """
    account, message.position, by, until IS NULL AS here
    FROM message CROSS JOIN members ON stream = 'room/' || ?1
"""
SHOWN = json_rows.folded(
    """
    SELECT present.account, coalesce(furthest >= ?2, 0) AS read,
        coalesce(here AND deliveries.position >= present.position, 0)
            OR coalesce(furthest >= ?2, 0) AS delivered
    FROM present
    LEFT JOIN preferences ON preferences.account = present.account
    LEFT JOIN read_markers ON read_markers.account = present.account AND read_markers.room = ?1
    LEFT JOIN deliveries ON deliveries.account = present.account
    WHERE present.account <> by AND coalesce(receipts, 1)
    ORDER BY present.account LIMIT -1
    """,
    ("account",),
    ("delivered", "read"),
)
RECEIPTS = f"""
    WITH message AS MATERIALIZED (SELECT position, by FROM messages WHERE room = ?1 AND seq = ?2),
    present AS MATERIALIZED (
        SELECT {MEMBER_THEN} AND until IS NULL AND since < message.position
        UNION ALL
        SELECT {MEMBER_THEN} AND until IS NOT NULL AND until > message.position AND since < message.position
    )
    {SHOWN}
"""

_room = itemgetter("room")
_decode_markers = msgspec.json.Decoder(dict[str, tuple[int, int]]).decode


class UnreadQueries(Queries):
    async def read_marker(self, account: str, room: str) -> int:
        return await self._cell(READ_MARKER, account, room) or 0

    async def markers(self, room: str, accounts: Sequence[str]) -> dict[str, tuple[int, int]]:
        text = await self._cell(MARKERS, room, json_rows.array(accounts))
        return _decode_markers(text)

    async def unread(self, account: str) -> list[Row]:
        return sorted(await self._rows(UNREAD, account), key=_room)

    async def listed_unread(self, account: str) -> list[Row]:
        return await self.ask(partial(_listed, account=account))

    async def receipts(self, room: str, seq: int) -> list[Row]:
        return await self._rows(RECEIPTS, room, seq)


def _listed(connection: sqlite3.Connection, account: str) -> list[Row]:
    unread, direct = connection.execute(UNREAD_AND_DIRECT, (account,)).fetchone()
    unlisted = {row["room"] for row in json_rows.decode_rows(direct) if not row["listed"]}
    return sorted((row for row in json_rows.decode_rows(unread) if row["room"] not in unlisted), key=_room)

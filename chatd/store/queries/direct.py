"""Questions about direct rooms, about who shares a space with whom, and about blocks."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chatd.ports import Row
from chatd.store import json_rows
from chatd.store.queries.acquaintance import SHARES_ROOM_OF_SPACE
from chatd.store.queries.pool import Queries

# An account, or the owner of a bot.
PERSON = "coalesce((SELECT owner FROM bots WHERE bots.account = {who}), {who})"
# The newest message of one author: `deleted` stands before `seq` in the index, so both are looked up.
NEWEST = """
    max(
        coalesce((SELECT max(seq) FROM messages WHERE room = {room} AND by = {by} AND deleted = 0), 0),
        coalesce((SELECT max(seq) FROM messages WHERE room = {room} AND by = {by} AND deleted = 1), 0)
    )
"""
PEOPLE = """
    SELECT account FROM members WHERE stream = 'room/' || {room} AND until IS NULL
    UNION SELECT account FROM members WHERE stream = 'room/' || {room} AND until IS NOT NULL
"""
HEARD = "{who} <> ?1 AND NOT EXISTS (SELECT 1 FROM silenced WHERE account = ?1 AND silent = {who})"
# Who wrote first of those whom the account hears. Whom it has written to in a direct room is not new to it; a
# bot is as its owner, and so is one's own. A room that begins with what was imported is one that people know.
FIRST_AUTHOR = f"""
    SELECT by FROM (
        SELECT by, imported FROM messages WHERE room = {{room}} AND {HEARD.format(who="by")}
        ORDER BY seq LIMIT 1
    ) WHERE imported IS NULL
"""
KNOWN = f"""
    EXISTS (
        SELECT 1 FROM members AS his CROSS JOIN members AS mine
            ON mine.account = ?1 AND mine.stream = his.stream
        CROSS JOIN rooms ON rooms.id = substr(his.stream, 6) AND rooms.kind = 'direct'
        WHERE his.account = author.person AND his.stream > 'room/' AND his.stream < 'room0'
            AND {NEWEST.format(room="rooms.id", by="?1")} > 0
    )
"""
DIRECT_ROOMS = f"""
    WITH mine AS MATERIALIZED (
        SELECT rooms.id AS room, state, coalesce(direct_states.seq, 0) AS floor,
            (SELECT max(seq) FROM messages WHERE room = rooms.id) AS newest,
            {NEWEST.format(room="rooms.id", by="?1")} AS own
        FROM members CROSS JOIN rooms ON rooms.id = substr(members.stream, 6) AND rooms.kind = 'direct'
        LEFT JOIN direct_states ON direct_states.account = ?1 AND direct_states.room = rooms.id
        WHERE members.account = ?1 AND {{where}} AND until IS NULL
    ), shown AS MATERIALIZED (
        SELECT mine.*, CASE
            WHEN newest IS NULL THEN 0
            WHEN own > floor THEN 1
            WHEN state = 'declined' OR newest <= floor THEN 0
            WHEN NOT EXISTS (
                SELECT 1 FROM silenced WHERE account = ?1
                AND silent = (SELECT by FROM messages WHERE room = mine.room AND seq = newest)
            ) THEN 1
            ELSE EXISTS (
                SELECT 1 FROM ({PEOPLE.format(room="mine.room")}) AS other
                WHERE {HEARD.format(who="other.account")}
                    AND {NEWEST.format(room="mine.room", by="other.account")} > floor
            ) END AS listed
        FROM mine
    )
    {
    json_rows.folded(
        f'''
        SELECT room, state, listed, CASE
            WHEN NOT listed OR own > 0 OR state = 'accepted' THEN 0
            ELSE EXISTS (
                SELECT 1 FROM (
                    SELECT coalesce(owner, by) AS person FROM ({FIRST_AUTHOR.format(room="shown.room")})
                    LEFT JOIN bots ON bots.account = by
                ) AS author
                WHERE author.person NOT IN (?1, {PERSON.format(who="?1")}) AND NOT {KNOWN}
            ) END AS request
        FROM shown ORDER BY room LIMIT -1
        ''',
        ("room", "state"),
        ("listed", "request"),
    )
}
"""
ALL_DIRECT = DIRECT_ROOMS.format(where="members.stream > 'room/' AND members.stream < 'room0'")
ONE_DIRECT = DIRECT_ROOMS.format(where="members.stream = 'room/' || ?2")

SHARED = f"""
    SELECT 1 FROM members AS mine CROSS JOIN members AS theirs
        ON theirs.stream = mine.stream AND theirs.account = {{other}} AND theirs.until IS NULL
    WHERE mine.account = {{one}} AND mine.stream > 'space/' AND mine.stream < 'space0' AND mine.until IS NULL
        AND ((mine.role <> 'guest' AND theirs.role <> 'guest') OR ({{guests}} AND {SHARES_ROOM_OF_SPACE}))
"""
APART = f"""
    WITH people AS MATERIALIZED (
        SELECT value AS account, {PERSON.format(who="value")} AS person,
            coalesce((SELECT deleted FROM accounts WHERE id = value), 0) AS gone FROM json_each(?1)
    ) {
    json_rows.folded(
        f'''
        SELECT account, gone,
            EXISTS (SELECT 1 FROM people AS other WHERE other.person <> people.person AND NOT other.gone)
            AND NOT EXISTS (
                SELECT 1 FROM people AS other WHERE other.person <> people.person
                AND EXISTS ({SHARED.format(one="people.person", other="other.person", guests="?2")})
            ) AS apart
        FROM people
        ''',
        ("account",),
        ("apart", "gone"),
    )
}
"""
STRANGERS = f"""
    SELECT json_group_array(value) FROM json_each(?2) WHERE value <> ?1
        AND value <> {PERSON.format(who="?1")} AND {PERSON.format(who="value")} <> ?1
        AND NOT (
            EXISTS ({SHARED.format(one="?1", other="value", guests="?3")})
            AND ({PERSON.format(who="?1")} = ?1 OR {PERSON.format(who="value")} = {PERSON.format(who="?1")}
                OR EXISTS ({SHARED.format(one=PERSON.format(who="?1"), other="value", guests="?3")}))
        )
"""
OPENED = """
    SELECT json_group_array(created_at) FROM (
        SELECT created_at FROM rooms
        WHERE opened_by = coalesce((SELECT owner FROM bots WHERE account = ?1), ?1) AND created_at > ?2
        ORDER BY created_at DESC LIMIT ?3
    )
"""
BLOCKS = json_rows.folded(
    "SELECT blocked, at FROM blocks WHERE account = ? AND blocked > ? ORDER BY blocked LIMIT ?",
    ("blocked", "at"),
)
SILENCED = "SELECT EXISTS (SELECT 1 FROM silenced WHERE account = ? AND silent = ?)"

_decode_times = msgspec.json.Decoder(list[int]).decode


class DirectQueries(Queries):
    async def direct_rooms(self, account: str, room: str | None = None) -> list[Row]:
        if room is None:
            return await self._rows(ALL_DIRECT, account)
        return await self._rows(ONE_DIRECT, account, room)

    async def apart(self, people: Sequence[str], guests: bool) -> list[Row]:
        return await self._rows(APART, json_rows.array(people), guests)

    async def strangers(self, account: str, others: Sequence[str], guests: bool) -> list[str]:
        return await self._strings(STRANGERS, account, json_rows.array(others), guests)

    async def direct_rooms_opened(self, account: str, since: int, limit: int) -> list[int]:
        return _decode_times(await self._cell(OPENED, account, since, limit))

    async def blocks(self, account: str, after: str | None, limit: int) -> list[Row]:
        rows = await self._rows(BLOCKS, account, after or "", limit)
        return [{"account": row["blocked"], "at": row["at"]} for row in rows]

    async def silenced(self, account: str, other: str) -> bool:
        return bool(await self._cell(SILENCED, account, other))

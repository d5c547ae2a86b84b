"""Questions about who is, or was, in which stream."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import partial

from chatd.ports import Row
from chatd.store import json_rows
from chatd.store.queries.acquaintance import sees
from chatd.store.queries.pool import Queries
from chatd.store.queries.ranks import rank_of

# Of a bot the role that counts, see `effective_role` in `chatd.domain.policy.bots`.
_OWNER = "(SELECT owner FROM bots WHERE account = ?1)"
_COUNTS = f"""
    CASE WHEN {_OWNER} IS NULL THEN role ELSE coalesce((
        SELECT role FROM members AS owners
        WHERE account = {_OWNER} AND stream = members.stream AND until IS NULL
        AND {rank_of("owners.role")} < {rank_of("members.role")}
    ), role) END
"""
STREAMS = json_rows.folded(
    f"SELECT stream, {_COUNTS} AS role FROM members WHERE account = ?1 AND until IS NULL", ("stream", "role")
)
MEMBERSHIPS = f"SELECT ({STREAMS}), (SELECT coalesce(max(position), 0) FROM events)"
# Of an account joined with its bot's row.
DISABLED = (
    "(accounts.disabled OR coalesce((SELECT disabled FROM accounts AS owners WHERE id = bots.owner), 0))"
)
GUEST_IN = "SELECT json_group_array(stream) FROM guests WHERE account = ?1"


def _members(condition: str) -> str:
    return json_rows.folded(
        f"""
        SELECT members.account, name, display_name, role, joined_at, bots.account IS NOT NULL AS bot,
            {DISABLED} AS disabled
        FROM members LEFT JOIN accounts ON accounts.id = members.account
        LEFT JOIN bots ON bots.account = members.account
        WHERE stream = ?1 AND until IS NULL AND members.account > ?2 {condition}
        ORDER BY members.account LIMIT ?3
        """,
        ("account", "name", "display_name", "role", "joined_at"),
        ("bot", "disabled"),
    )


MEMBERS = _members("")
MEMBERS_SEEN = _members(f"AND {sees('?4', 'members.account')}")
SEEN_COUNT = f"""
    SELECT count(*) FROM members
    WHERE stream = ?1 AND until IS NULL AND {sees("?2", "members.account")}
"""
# Whether a stay covers the position ?3. Who is there now and who has left since are found by an index each.
_NOW = "until IS NULL AND since <= ?3"
_SINCE_LEFT = "until IS NOT NULL AND until > ?3 AND since <= ?3"


def _stay(what: str, stream: str, account: str) -> str:
    """Of the account's stay in the stream at the position ?3; NULL if it was not there."""
    return f"""(
        SELECT {what} FROM members AS stays WHERE stays.stream = {stream} AND stays.account = {account}
        AND since <= ?3 AND (until IS NULL OR until > ?3)
    )"""


MEMBERS_AT = json_rows.folded(
    f"""
    SELECT people.account, name, {_stay("role", "?4", "people.account")} AS role, bots.owner,
        {_stay("role", "?4", "bots.owner")} AS owner_role,
        {_stay("1", "?5", "people.account")} IS NOT NULL AS inside, {DISABLED} AS disabled
    FROM (
        SELECT account FROM members WHERE stream = ?1 AND account > ?2 AND {_NOW}
        UNION ALL
        SELECT account FROM members WHERE stream = ?1 AND account > ?2 AND {_SINCE_LEFT}
        ORDER BY account LIMIT ?6
    ) AS people
    LEFT JOIN accounts ON accounts.id = people.account LEFT JOIN bots ON bots.account = people.account
    ORDER BY people.account LIMIT -1
    """,
    ("account", "name", "role", "owner", "owner_role"),
    ("inside", "disabled"),
)
# And rooms in which only an import says that the account wrote: whoever wrote there need be no member.
ROOMS_EVER = """
    SELECT json_group_array(room) FROM (
        SELECT substr(stream, 6) AS room FROM members
        WHERE account = ?1 AND stream > 'room/' AND stream < 'room0'
        UNION
        SELECT room FROM import_rooms AS place WHERE EXISTS (
            SELECT 1 FROM messages AS own INDEXED BY messages_by_author
            WHERE own.room = place.room AND own.by = ?1 AND own.deleted = 0
        )
        ORDER BY room LIMIT -1
    )
"""
ACQUAINTED = f"""
    SELECT json_group_array(other.value) FROM json_each(?2) AS other WHERE {sees("?1", "other.value")}
"""


class MemberQueries(Queries):
    async def memberships(self, account: str) -> tuple[list[Row], int]:
        return await self.ask(partial(_memberships, account=account))

    async def members(self, stream: str, after: str | None, limit: int) -> list[Row]:
        return await self._rows(MEMBERS, stream, after or "", limit)

    async def members_seen(self, stream: str, account: str, after: str | None, limit: int) -> list[Row]:
        return await self._rows(MEMBERS_SEEN, stream, after or "", limit, account)

    async def seen_count(self, stream: str, account: str) -> int:
        return int(await self._cell(SEEN_COUNT, stream, account))

    async def guest_in(self, account: str) -> list[str]:
        return await self._strings(GUEST_IN, account)

    async def members_at(
        self, stream: str, position: int, space: str, room: str, after: str | None, limit: int
    ) -> list[Row]:
        return await self._rows(MEMBERS_AT, stream, after or "", position, space, room, limit)

    async def rooms_ever(self, account: str) -> list[str]:
        return await self._strings(ROOMS_EVER, account)

    async def acquainted(self, account: str, others: Sequence[str]) -> list[str]:
        return await self._strings(ACQUAINTED, account, json_rows.array(others))


def _memberships(connection: sqlite3.Connection, account: str) -> tuple[list[Row], int]:
    found, head = connection.execute(MEMBERSHIPS, (account,)).fetchone()
    return json_rows.decode_rows(found), head

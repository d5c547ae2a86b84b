"""The question what an account sees of others."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from chatd.ports import Row
from chatd.store import json_rows
from chatd.store.queries.acquaintance import sees
from chatd.store.queries.member import DISABLED
from chatd.store.queries.pool import Queries

# Whether the account was in a room that the viewer is in now; the history there names it.
_WAS_IN_ROOM: Final = """EXISTS (
    SELECT 1 FROM members AS mine CROSS JOIN members AS theirs
        ON theirs.stream = mine.stream AND theirs.account = accounts.id
    WHERE mine.account = ?1 AND mine.stream > 'room/' AND mine.stream < 'room0' AND mine.until IS NULL
)"""
# Whether it wrote in such a room without ever having been in it, as people of an import did who had left.
_WROTE_IN_ROOM: Final = """EXISTS (
    SELECT 1 FROM members AS mine CROSS JOIN messages INDEXED BY messages_by_author
        ON messages.room = substr(mine.stream, 6) AND messages.by = accounts.id
    WHERE mine.account = ?1 AND mine.stream > 'room/' AND mine.stream < 'room0' AND mine.until IS NULL
)"""
PROFILES: Final = json_rows.folded(
    f"""
    SELECT accounts.id AS account, name, display_name, about, avatar, bots.account IS NOT NULL AS bot,
        {DISABLED} AS disabled, accounts.deleted AS deleted
    FROM (SELECT DISTINCT value FROM json_each(?2)) AS asked CROSS JOIN accounts ON accounts.id = asked.value
    LEFT JOIN bots ON bots.account = accounts.id
    WHERE ?1 IS NULL OR {sees("?1", "accounts.id")} OR {_WAS_IN_ROOM} OR {_WROTE_IN_ROOM}
    ORDER BY accounts.id LIMIT -1
    """,
    ("account", "name", "display_name", "about", "avatar"),
    ("bot", "disabled", "deleted"),
)


class ProfileQueries(Queries):
    async def profiles(self, viewer: str | None, accounts: Sequence[str]) -> list[Row]:
        return await self._rows(PROFILES, viewer, json_rows.array(accounts))

"""The question what an account sees of others."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from chatd.ports import Row
from chatd.store import json_rows
from chatd.store.queries.acquaintance import beside_each_other, sees
from chatd.store.queries.member import DISABLED
from chatd.store.queries.pool import Queries

# Whether the account was in a room that the viewer is in now; the history there names it.
_WAS_IN_ROOM: Final = beside_each_other("room", "mine.until IS NULL").format(one="?1", other="accounts.id")
# Whether it wrote in such a room without ever having been in it, as people of an import did who had left. In
# which of the viewer's rooms that may be is found out once, for it does not depend on the account.
_WROTE_IN_ROOM: Final = """EXISTS (
    SELECT 1 FROM messages INDEXED BY messages_by_author
    WHERE messages.by = accounts.id AND messages.room IN (
        SELECT rooms.id FROM members AS mine CROSS JOIN rooms ON rooms.id = substr(mine.stream, 6)
        WHERE mine.account = ?1 AND mine.stream > 'room/' AND mine.stream < 'room0' AND mine.until IS NULL
            AND (rooms.space IS NULL OR rooms.space IN (SELECT space FROM imports))
    )
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

"""The question what accounts chose to show of their presence, and when they were last there."""

from __future__ import annotations

from collections.abc import Sequence

from chatd.ports import Row
from chatd.store import json_rows
from chatd.store.queries.pool import Queries

PRESENCE = ("account", "mode", "last_seen")
PRESENCES = json_rows.folded(
    "SELECT * FROM presence WHERE account IN (SELECT value FROM json_each(?)) ORDER BY account LIMIT -1",
    PRESENCE,
)
PRESENCE_OF = json_rows.folded("SELECT * FROM presence WHERE account = ?1", PRESENCE)


class PresenceQueries(Queries):
    async def presences(self, accounts: Sequence[str]) -> list[Row]:
        return await self._rows(PRESENCES, json_rows.array(accounts))

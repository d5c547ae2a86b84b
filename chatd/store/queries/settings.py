"""Questions about the settings of an account: preferences, and how it hears of rooms."""

from __future__ import annotations

from chatd.ports import Row
from chatd.store import json_rows
from chatd.store.queries.pool import Queries

PREFERENCES = json_rows.folded(
    "SELECT * FROM preferences WHERE account = ?",
    ("quiet_from", "quiet_to", "time_zone"),
    ("receipts", "push_preview"),
    ("favourites", "space_order", "room_order", "quick_reactions"),
)
SUBSCRIPTIONS = json_rows.folded(
    "SELECT room, level, muted_until FROM subscriptions WHERE account = ? ORDER BY room LIMIT -1",
    ("room", "level", "muted_until"),
)


class SettingsQueries(Queries):
    async def preferences(self, account: str) -> Row | None:
        return await self._row(PREFERENCES, account)

    async def subscriptions(self, account: str) -> list[Row]:
        return await self._rows(SUBSCRIPTIONS, account)

"""Questions about backups that were made."""

from __future__ import annotations

from chatd.store.queries.pool import Queries

NEWEST = """
    SELECT at FROM events WHERE stream = 'server/main' AND type = 'backup.created' ORDER BY seq DESC LIMIT 1
"""


class BackupQueries(Queries):
    async def newest_backup(self) -> int | None:
        at: int | None = await self._cell(NEWEST)
        return at

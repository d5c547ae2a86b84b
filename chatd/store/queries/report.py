"""Questions about reports: what members told the moderators of a space about a message."""

from __future__ import annotations

from chatd.ports import Row
from chatd.store import json_rows
from chatd.store.queries.pool import Queries

REPORT = ("id", "space", "room", "seq", "by", "reason", "at", "resolved_by", "resolved_at", "resolution")
REPORTS = json_rows.folded(
    "SELECT * FROM reports WHERE space IS ?1 AND id > ?3 AND (NOT ?2 OR resolved_at IS NULL)"
    " ORDER BY id LIMIT ?4",
    REPORT,
)
REPORT_BY_ID = json_rows.folded("SELECT * FROM reports WHERE id = ?", REPORT)
HAS_REPORTED = """
    SELECT EXISTS (
        SELECT 1 FROM reports WHERE by = ? AND room = ? AND seq = ? AND resolved_at IS NULL
    )
"""


class ReportQueries(Queries):
    async def reports(self, space: str | None, open: bool, after: str | None, limit: int) -> list[Row]:
        return await self._rows(REPORTS, space, open, after or "", limit)

    async def report(self, report: str) -> Row | None:
        return await self._row(REPORT_BY_ID, report)

    async def has_reported(self, account: str, room: str, seq: int) -> bool:
        return bool(await self._cell(HAS_REPORTED, account, room, seq))

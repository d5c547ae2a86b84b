"""Questions about members who are disabled."""

from __future__ import annotations

from chatd.ports import Row
from chatd.store import json_rows
from chatd.store.queries.pool import Queries

UNTOLD = json_rows.folded(
    """
    SELECT shut_out.account, members.stream, 1 AS disabled FROM shut_out CROSS JOIN members
        ON members.account = shut_out.account AND members.stream > 'room/' AND members.until IS NULL
    WHERE NOT EXISTS (
        SELECT 1 FROM disabled_members AS told
        WHERE told.stream = members.stream AND told.account = members.account
    ) AND (members.stream > 'space/' OR EXISTS (
        SELECT 1 FROM rooms WHERE rooms.id = substr(members.stream, 6) AND rooms.kind = 'direct'
    )) AND NOT EXISTS (SELECT 1 FROM erasures WHERE erasures.account = members.account)
    UNION ALL
    SELECT told.account, told.stream, 0 FROM disabled_members AS told CROSS JOIN members
        ON members.stream = told.stream AND members.account = told.account AND members.until IS NULL
    WHERE NOT EXISTS (SELECT 1 FROM shut_out WHERE shut_out.account = told.account)
        AND NOT EXISTS (SELECT 1 FROM erasures WHERE erasures.account = told.account)
    ORDER BY 2 DESC, 1 LIMIT -1
    """,
    ("account", "stream"),
    ("disabled",),
)


class DisabledQueries(Queries):
    async def untold(self) -> list[Row]:
        return await self._rows(UNTOLD)

"""Questions to the log about its streams: which there are, where each ends, which were busy a moment ago."""

from __future__ import annotations

from typing import Final

from chatd.ports import Row
from chatd.store import json_rows
from chatd.store.queries.pool import Queries

LAST_NAME: Final = "~"  # sorts behind every stream
# One step through the index of (stream, seq) for each stream of the page, however long streams are.
STREAMS = json_rows.folded(
    """
    WITH RECURSIVE listed(stream) AS (
        SELECT min(stream) FROM events WHERE stream > ?1 AND stream < ?2
        UNION ALL
        SELECT (SELECT min(stream) FROM events WHERE stream > listed.stream AND stream < ?2)
        FROM listed WHERE listed.stream IS NOT NULL
        LIMIT ?3
    )
    SELECT listed.stream AS stream, seq, at FROM listed CROSS JOIN events ON events.stream = listed.stream
    WHERE seq = (SELECT max(seq) FROM events WHERE events.stream = listed.stream)
    ORDER BY listed.stream LIMIT ?3
    """,
    ("stream", "seq", "at"),
)
# Of the newest `?2` events of the log, so that a busy minute costs no more than that.
BUSY = json_rows.folded(
    """
    SELECT stream, max(seq) AS seq, max(at) AS at, count(*) AS minute
    FROM (SELECT stream, seq, at FROM events ORDER BY position DESC LIMIT ?2)
    WHERE at > ?1 GROUP BY stream ORDER BY minute DESC, stream LIMIT ?3
    """,
    ("stream", "seq", "at", "minute"),
)


class StreamQueries(Queries):
    async def streams(self, kind: str | None, after: str | None, limit: int) -> list[Row]:
        first, last = ("", LAST_NAME) if kind is None else (f"{kind}/", f"{kind}0")
        return await self._rows(STREAMS, max(first, after or ""), last, limit)

    async def busy_streams(self, since: int, among: int, limit: int) -> list[Row]:
        return await self._rows(BUSY, since, among, limit)

"""Questions about the cluster that the database belongs to."""

from __future__ import annotations

from chatd.ports import Proposed
from chatd.store.queries.pool import Queries

PROPOSED = "SELECT proposer, n, sequence FROM proposers"
NODES = "SELECT json_group_array(name) FROM (SELECT name FROM nodes ORDER BY name)"
LEVEL = "SELECT coalesce(max(level), 1) FROM cluster_key"
KEY = "SELECT number, secret FROM cluster_key"


class ClusterQueries(Queries):
    async def proposed(self) -> Proposed:
        rows = await self.ask(lambda file: file.execute(PROPOSED).fetchall())
        by = {proposer: (n, sequence) for proposer, n, sequence in rows}
        return Proposed(max((sequence for _, sequence in by.values()), default=0), by)

    async def nodes(self) -> list[str]:
        return await self._strings(NODES)

    async def cluster_level(self) -> int:
        return int(await self._cell(LEVEL))

    async def cluster_key(self) -> tuple[int, bytes] | None:
        found: tuple[int, bytes] | None = await self.ask(lambda file: file.execute(KEY).fetchone())
        return found

"""Questions about spaces, and their custom emoji."""

from __future__ import annotations

from collections.abc import Sequence

from chatd.ports import Row
from chatd.store import json_rows
from chatd.store.queries.pool import Queries

SPACE = ("id", "name", "description", "icon", "owner", "keep_days", "created_at")
SPACES = "SELECT * FROM spaces WHERE NOT deleted "
SPACE_FLAGS = ("locked", "hold")


def spaces_where(condition: str) -> str:
    """SQL for the spaces that the `AND` condition leaves."""
    return json_rows.folded(f"{SPACES} {condition} ORDER BY id LIMIT -1", SPACE, SPACE_FLAGS)


ALL_SPACES = spaces_where("")
SPACES_BY_ID = spaces_where("AND id IN (SELECT value FROM json_each(?))")
EMOJI = json_rows.folded(
    "SELECT name, image, by, at FROM emoji WHERE space = ? ORDER BY name LIMIT -1",
    ("name", "image", "by", "at"),
)


class SpaceQueries(Queries):
    async def spaces(self, ids: Sequence[str] | None = None) -> list[Row]:
        if ids is None:
            return await self._rows(ALL_SPACES)
        return await self._rows(SPACES_BY_ID, json_rows.array(ids))

    async def emoji(self, space: str) -> list[Row]:
        return await self._rows(EMOJI, space)

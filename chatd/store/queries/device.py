"""Questions about signed-in devices."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

from chatd.ports import Row
from chatd.store.queries.pool import Queries

DEVICE = ("id", "account", "name", "refresh_hash", "previous_hash", "rotated_at", "created_at", "expires_at")
DEVICES = f"SELECT {', '.join(DEVICE)} FROM devices "
DEVICE_BY_ID = DEVICES + "WHERE id = ?"
DEVICE_BY_REFRESH = (
    DEVICES + "WHERE refresh_hash = ?1 OR previous_hash = ?1 ORDER BY refresh_hash = ?1 DESC LIMIT 1"
)
DEVICES_BY_ACCOUNT = DEVICES + "WHERE account = ? ORDER BY created_at, id"


class DeviceQueries(Queries):
    async def device(self, device: str) -> Row | None:
        return await self._record(DEVICE_BY_ID, device)

    async def device_by_refresh(self, refresh_hash: bytes) -> Row | None:
        return await self._record(DEVICE_BY_REFRESH, refresh_hash)

    async def devices(self, account: str) -> list[Row]:
        return await self._records(DEVICES_BY_ACCOUNT, account)

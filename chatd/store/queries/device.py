"""Questions about signed-in devices."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

from chatd.ports import Row
from chatd.store.queries.pool import Queries

DEVICE = ("id", "account", "name", "refreshed_at", "created_at", "expires_at")
DEVICES = f"SELECT {', '.join(DEVICE)} FROM devices "
DEVICE_BY_ID = DEVICES + "WHERE id = ?"
BY_REFRESH_HASH = """
    SELECT device, account, token.used_at, expires_at, EXISTS (
        SELECT 1 FROM refresh_tokens WHERE parent = token.hash AND used_at IS NOT NULL
    ) AS superseded
    FROM refresh_tokens AS token JOIN devices ON devices.id = device WHERE hash = ?
"""
DEVICES_BY_ACCOUNT = DEVICES + "WHERE account = ? ORDER BY created_at, id"


class DeviceQueries(Queries):
    async def device(self, device: str) -> Row | None:
        return await self._record(DEVICE_BY_ID, device)

    async def refresh_token(self, hash: bytes) -> Row | None:
        return await self._record(BY_REFRESH_HASH, hash)

    async def devices(self, account: str) -> list[Row]:
        return await self._records(DEVICES_BY_ACCOUNT, account)

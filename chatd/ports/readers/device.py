"""Signed-in devices."""

from __future__ import annotations

from typing import Protocol

from chatd.ports.rows import Row


class DeviceReader(Protocol):
    async def device(self, device: str) -> Row | None:
        """`{id, account, name, refresh_hash, previous_hash, rotated_at, created_at, expires_at}`"""

    async def device_by_refresh(self, refresh_hash: bytes) -> Row | None:
        """The device whose present or previous refresh hash this is."""

    async def devices(self, account: str) -> list[Row]: ...

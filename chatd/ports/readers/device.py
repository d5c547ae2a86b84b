"""Signed-in devices."""

from __future__ import annotations

from typing import Protocol

from chatd.ports.rows import Row


class DeviceReader(Protocol):
    async def device(self, device: str) -> Row | None:
        """`{id, account, name, refreshed_at, created_at, expires_at}`"""

    async def refresh_token(self, hash: bytes) -> Row | None:
        """`{device, account, used_at, expires_at, superseded}` of the refresh token with this SHA-256.

        `superseded`: a successor of it has been used.
        """

    async def devices(self, account: str) -> list[Row]: ...

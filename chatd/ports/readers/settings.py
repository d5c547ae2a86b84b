"""The settings of an account: preferences, and how it hears of rooms."""

from __future__ import annotations

from typing import Protocol

from chatd.ports.rows import Row


class SettingsReader(Protocol):
    async def preferences(self, account: str) -> Row | None:
        """`{quiet_from, quiet_to, time_zone, receipts: bool}`"""

    async def subscriptions(self, account: str) -> list[Row]:
        """`{room, level, muted_until}`"""

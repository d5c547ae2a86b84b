"""What is to be done later: messages to be posted, messages that expire."""

from __future__ import annotations

from typing import Protocol

from chatd.ports.rows import Row


class ScheduledReader(Protocol):
    async def scheduled(self, account: str) -> list[Row]:
        """`{id, room, text, reply_to, expires_in, post_at, created_at, failed}`, the next first."""

    async def due(self, at: int, limit: int) -> list[Row]:
        """Scheduled messages of all accounts with `post_at` <= `at` that have not failed: the same and
        `account`."""

    async def expired(self, at: int, limit: int) -> list[Row]:
        """`{room, seq}` of messages whose `expires_at` <= `at`, not deleted yet."""

    async def next_due(self) -> int | None:
        """The earliest time (Unix milliseconds) at which something is to be posted or to expire."""

"""The streams of the log."""

from __future__ import annotations

from typing import Protocol

from chatd.ports.rows import Row


class StreamReader(Protocol):
    async def streams(self, kind: str | None, after: str | None, limit: int) -> list[Row]:
        """`{"stream", "seq", "at"}` of each stream behind `after`, by name: its newest event."""

    async def busy_streams(self, since: int, among: int, limit: int) -> list[Row]:
        """The same, and `minute`, of those with events after `since` (Unix milliseconds) among the newest
        `among` events of the log, the busiest first; `minute` counts these events."""

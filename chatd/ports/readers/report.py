"""Reports: what members told the moderators of a space about a message."""

from __future__ import annotations

from typing import Protocol

from chatd.ports.rows import Row


class ReportReader(Protocol):
    async def reports(self, space: str | None, open: bool, after: str | None, limit: int) -> list[Row]:
        """`{id, space, room, seq, by, reason, at, resolved_by, resolved_at, resolution}`, id > `after`.
        `space` None: those from direct rooms."""

    async def report(self, report: str) -> Row | None: ...
    async def has_reported(self, account: str, room: str, seq: int) -> bool:
        """Whether a report by the account about this message is open."""

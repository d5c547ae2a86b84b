"""Orders to erase what an account wrote in a space, and what they concern."""

from __future__ import annotations

from typing import Protocol

from chatd.ports.rows import Row


class ErasureReader(Protocol):
    async def message_erasures(self, space: str) -> list[Row]:
        """`{space, account, position, by, reason, ordered_at, due_at}`, the next one first. What was written
        before `position` is meant; times are Unix milliseconds."""

    async def due_message_erasures(self, at: int) -> list[Row]:
        """Those of all spaces whose time has come."""

    async def next_message_erasure(self) -> int | None:
        """When the next one is due; None: there is none."""

    async def written_before(self, room: str, account: str, position: int, limit: int) -> list[int]:
        """Seqs of messages by the account that came before `position` and are not deleted, newest first."""

    async def written_count(self, room: str, account: str) -> int:
        """How many messages by the account that are not deleted stand in the room."""

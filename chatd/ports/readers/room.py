"""Rooms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chatd.ports.rows import Row


class RoomReader(Protocol):
    async def rooms(self, ids: Sequence[str] | None = None, space: str | None = None) -> list[Row]:
        """`{id, space, name, kind, private, topic, archived, created_at, head, accounts}`; not the deleted
        ones. `accounts` are the people of a direct room, empty for others.
        `head` is the seq of the stream's newest event."""

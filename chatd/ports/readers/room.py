"""Rooms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias

from chatd.ports.rows import Row

OtherRooms: TypeAlias = Literal["all", "public", "none"]


class RoomReader(Protocol):
    async def rooms(self, ids: Sequence[str] | None = None, space: str | None = None) -> list[Row]:
        """`{id, space, name, kind, private, topic, archived, created_at, head, accounts}`; not the deleted
        ones. `accounts` are the people of a direct room, empty for others.
        `head` is the seq of the stream's newest event."""

    async def rooms_listed(
        self, space: str, account: str | None, others: OtherRooms, after: str | None, limit: int
    ) -> list[Row]:
        """The same and `member: bool` of the rooms of a space that the account is in, and of the `others`, by
        id, those after `after`."""

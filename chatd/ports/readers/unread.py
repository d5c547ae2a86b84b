"""What was received and read: read markers, unread counts, receipts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chatd.ports.rows import Row


class UnreadReader(Protocol):
    async def read_marker(self, account: str, room: str) -> int: ...
    async def markers(self, room: str, accounts: Sequence[str]) -> dict[str, tuple[int, int]]:
        """The read markers that these accounts have in the room, and how far each has ever read there."""

    async def unread(self, account: str) -> list[Row]:
        """`{room, read, head, unread, mentions, first_unread}` for each room that the account is in.

        Unread are messages of others that are not deleted and came after both its marker and its
        joining; `mentions` counts those among them that mention it; `first_unread` is a seq or None.
        """

    async def listed_unread(self, account: str) -> list[Row]:
        """The same but for the direct rooms that are not on its list, see `direct_rooms`."""

    async def receipts(self, room: str, seq: int) -> list[Row]:
        """`{account, delivered: bool, read: bool}` for the members who were in the room when that message
        came, but for its author and those who hide their receipts. To those who have left since nothing
        counts as delivered but what they have read."""

"""Which rooms keep their messages for a time only, what is too old in them, and what legal holds have
preserved."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from chatd.ports.rows import Row


class Stretch(Struct, frozen=True):
    """A piece of a room's messages: where it ends (None: there are none), which are too old, and whether
    others stand in it that were not deleted. `more`: whether the room may go on."""

    last: int | None
    old: list[int]
    alive: bool
    more: bool


class RetentionReader(Protocol):
    async def retention_rules(self, set_before: int) -> list[Row]:
        """`{room, days, since}` of the rooms, deleted ones too, in which something is to be erased by a rule
        that was set at `since`, at the latest at `set_before` (Unix milliseconds). None that is under a
        legal hold."""

    async def stretch(self, room: str, after: int, before: int, limit: int) -> Stretch:
        """The next `limit` messages of the room after the seq `after`; too old is what came at the time
        `before` or earlier."""

    async def old_messages(
        self, room: str | None, space: str | None, at: int, days: int, hold_ends: bool = False
    ) -> tuple[int, int | None]:
        """How many messages of the room, or of the rooms that do as the space says, are `days` old at the
        time `at` or older (0 days: none), and when the first came; not those under a legal hold. `hold_ends`:
        as if that of the room or space asked for were none, and with rooms that have rules of their own."""

    async def released_messages(self, room: str | None, space: str | None) -> int:
        """How many preserved messages nothing preserves any more when the hold of the room or space ends."""

    async def released_rooms(self, set_before: int) -> list[str]:
        """Rooms with preserved messages whose legal hold ended at the latest at `set_before`."""

    async def preserved_seqs(self, room: str, limit: int) -> list[int]:
        """Some of the room's preserved messages, the oldest first."""

    async def preserved_messages(self, room: str, after: int, limit: int) -> list[Row]:
        """`{seq, at, by, texts, files, deleted_at, deleted_by}`, after the seq `after`, the oldest first."""

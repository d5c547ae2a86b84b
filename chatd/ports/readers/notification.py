"""Whom new messages may concern."""

from __future__ import annotations

from typing import Protocol

from chatd.ports.rows import Row


class NotificationReader(Protocol):
    async def within(self, after: int, upto: int, most: int) -> int:
        """Where to end instead of at `upto`: with the message by which those whose whole room is mentioned
        come to `most` accounts."""

    async def recipients(self, after: int, upto: int) -> list[Row]:
        """Whom the messages posted in (`after`, `upto`] may concern, in log order: `{position, room, seq,
        at, by, thread, account, mentioned: bool, direct: bool, following: bool, level, muted_until,
        quiet_from, quiet_to, time_zone, read: bool}`. One row for each message and each member of its
        room other than the author who is mentioned (by id or by `room`), follows its thread, has
        level `all`, or when the room is direct. `read`: the account's marker has passed it already."""

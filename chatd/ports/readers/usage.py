"""What accounts have written and made."""

from __future__ import annotations

from typing import Final, Protocol

from chatd.ports.rows import Row

EVENT_BYTES: Final = 200  # what an event takes in the file beside its data and text: keys, hash, indexes


class UsageReader(Protocol):
    async def bot_owners(self) -> dict[str, str]:
        """Every bot, and whose it is."""

    async def written_by_account(self, after: int, upto: int, at: int) -> list[Row]:
        """`{"by", "messages", "bytes", "reports"}` for each author of events in (`after`, `upto`] that
        happened at or after a time (Unix milliseconds). An event has `EVENT_BYTES` beside data and text."""

    async def spaces_owned(self, account: str) -> int:
        """In how many spaces the account has the role `owner`."""

    async def rooms_made(self, account: str) -> int:
        """How many living rooms the account and its bots made in the space where they made most."""

    async def space_rooms(self, space: str) -> int:
        """How many living rooms a space has."""

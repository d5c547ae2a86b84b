"""Direct rooms, and whom an account does not hear."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chatd.ports.rows import Row


class DirectReader(Protocol):
    async def direct_rooms(self, account: str, room: str | None = None) -> list[Row]:
        """`{room, listed: bool, request: bool, state}` for each direct room that the account is in, or for
        this one, by room id. `state`: what the account made of it, `accepted`, `declined`, `left` or None."""

    async def apart(self, people: Sequence[str], guests: bool) -> list[Row]:
        """`{account, apart: bool, gone: bool}`: who of them shares no space with any other of them, and whose
        account was deleted. A bot counts as its owner; who is alone is not apart. `guests`: whether a space
        in which one of two is a guest counts, if they share one of its rooms."""

    async def strangers(self, account: str, others: Sequence[str], guests: bool) -> list[str]:
        """Those of `others` with whom the account shares no space; nobody is a stranger to itself, to its
        owner or to its bot. For a bot also those with whom its owner shares none."""

    async def direct_rooms_opened(self, account: str, since: int, limit: int) -> list[int]:
        """When the newest direct rooms that the account or its bots opened after `since` were made."""

    async def blocks(self, account: str, after: str | None, limit: int) -> list[Row]:
        """`{account, at}` by account id, those after `after`."""

    async def silenced(self, account: str, other: str) -> bool:
        """Whether the account has blocked the other one, or its owner."""

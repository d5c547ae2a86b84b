"""Shared spaces: who in a direct room still shares a space with somebody else in it.

A direct room asks the store when it wakes and after people came into a space or left one; between such
changes it costs a comparison of two numbers. A change counts once it is published: before it is answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from chatd.domain.event import Event
from chatd.domain.room.state import RoomState
from chatd.ports import DirectReader

CHANGE_SPACES: Final = frozenset(
    {"member.joined", "member.left", "member.kicked", "member.banned", "member.role_set", "space.deleted"}
)
CHANGE_ROOMS: Final = frozenset({"member.joined", "member.left", "member.kicked", "room.deleted"})


class SharedSpaces:
    """`guests`: whether a space in which one of two is a guest counts as shared; they share a room of it."""

    def __init__(self, reader: DirectReader, guests: bool) -> None:
        self._reader = reader
        self._guests = guests
        self._version = 1

    def follow(self, events: Sequence[Event]) -> None:
        """Takes note of committed events."""
        for event in events:
            changes = event.type in CHANGE_SPACES and event.stream.startswith("space/")
            if changes or (self._guests and event.type in CHANGE_ROOMS) or event.type == "account.deleted":
                self._version += 1

    async def learn(self, state: RoomState) -> None:
        """Tells a direct room who in it is apart or gone. Raises StoreUnavailable."""
        version = self._version
        if state.spaces_version == version:
            return
        rows = await self._reader.apart(list(state.people), self._guests)
        state.apart = {row["account"] for row in rows if row["apart"]}
        state.gone = {row["account"] for row in rows if row["gone"]}
        state.spaces_version = version

    async def strangers(self, account: str, others: Sequence[str]) -> list[str]:
        """Those of `others` with whom the account shares no space. Raises StoreUnavailable."""
        return await self._reader.strangers(account, others, self._guests)

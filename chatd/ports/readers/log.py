"""What the log says of itself and of its streams."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from chatd.domain.event import Event
from chatd.ports.rows import Row


class Loaded(Struct, frozen=True):
    """What is needed to wake a stream: its newest snapshot, and where its log stands."""

    snapshot_seq: int
    snapshot: bytes | None
    head: int


class LogReader(Protocol):
    async def epoch(self) -> str: ...
    async def head(self) -> int:
        """The position of the newest event, 0 for an empty log."""

    async def hash_at(self, position: int) -> str | None:
        """The `hash` of the event at a position, of the chain's beginning at 0; None where there is none."""

    async def load(self, stream: str) -> Loaded: ...
    async def stream_events(self, stream: str, after: int, limit: int) -> list[Event]:
        """Events of one stream with seq > `after`, oldest first, texts included."""

    async def events(self, after: int, limit: int, stream: str | None = None) -> list[Event]:
        """Events with position > `after`, oldest first, texts included."""

    async def visible_events(
        self, account: str, after: int, upto: int, limit: int
    ) -> tuple[list[Event], int]:
        """What `account` may see of the log in (`after`, `upto`], oldest first.

        Looks at no more than `limit` positions; the second value is the position up to which it looked
        (so a page may be empty and still make progress). An account sees an event when it was a
        member of the stream at that position, its own entering and leaving included. What it sees of one is
        what queries would show it now: texts that were replaced come as they read now, unless it may see the
        versions, and what it may not see any more comes without details.
        """

    async def shown_events(
        self, account: str, after: int, limit: int, stream: str | None = None
    ) -> list[Event]:
        """`events`, each with as much of it as queries would show `account` now, wherever it is a member."""

    async def newest_at(self) -> int:
        """The time of the newest event (Unix milliseconds), or a later one that was put with `PutLatestTime`;
        0 without either."""

    async def restored(self) -> Row | None:
        """Of a database that was put back from a copy, until that is logged: `{"at", "by", "upto"}`."""

    async def position_at(self, at: int) -> int:
        """How far the log went at a time (Unix milliseconds), 0 before the first event. What an import
        brought counts as of when it did, not as of the time that it has."""

    async def began(self, stream: str) -> int:
        """The position of the stream's first event."""

    async def follower(self, name: str) -> int | None:
        """The position up to which a follower that acts on the log has acted; None when it never began."""

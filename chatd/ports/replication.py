"""What a standby is given, so that it has everything this server has."""

from __future__ import annotations

from typing import IO, Any, Protocol

from msgspec import Struct


class Standing(Struct, frozen=True):
    """Where the server stands: `run` and `number` of its newest transaction, `position` and `hash`
    (hexadecimal) of its newest event. `database` names the database and its copies, `schema` is its
    version."""

    database: str
    schema: int
    run: str
    number: int
    position: int
    hash: str


class Replication(Protocol):
    """All raise StoreUnavailable."""

    async def standing(self) -> Standing: ...
    async def events(self, after: int, hash: str, most: int) -> list[tuple[Any, ...]] | None:
        """Events as they are stored; None: the event at `after` has another hash."""

    async def look(self, after: int, hash: str, file: IO[bytes]) -> bool:
        """Writes the rest of the log, and the tables beside it, as `chatd.store.ops.look` says; False: the
        event at `after` has another hash."""

    async def transactions(self, run: str, number: int, wait: float) -> list[bytes] | None:
        """Those after this one; waits so many seconds for one. None: they are not kept, take a look."""

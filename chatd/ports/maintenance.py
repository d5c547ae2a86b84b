"""Care of the store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol


class StoreError(Exception):
    """The folder or file cannot be used as it is. The message says why, and how to mend it."""


class Sizes(Protocol):
    """Bytes of the database file and of its write-ahead log."""

    @property
    def database(self) -> int: ...
    @property
    def wal(self) -> int: ...


class Verified(Protocol):
    """How many events were replayed, and where the log or what is derived from it does not agree."""

    @property
    def events(self) -> int: ...
    @property
    def findings(self) -> Sequence[str]: ...


class Backup(Protocol):
    """A finished copy: its size, the position of its last event, and the hashes of the blobs that it
    names."""

    @property
    def path(self) -> Path: ...
    @property
    def bytes(self) -> int: ...
    @property
    def position(self) -> int: ...
    @property
    def blobs(self) -> Sequence[str]: ...


class Maintenance(Protocol):
    """What an operator may ask of the store while it works. All that waits raises StoreUnavailable."""

    async def check(self) -> Sequence[str]:
        """What is wrong with the database file or the disk below it; empty when all is well."""

    async def verify(self) -> Verified: ...

    async def backup(self, path: Path) -> Backup:
        """Writes a consistent copy. Raises StoreError when it cannot stand there."""

    def sizes(self) -> Sizes: ...

    def misplaced(self) -> str | None:
        """Why the database that is open is not the one at its path, or cannot be written there; as the
        beginning of a sentence."""

    def touched(self) -> str | None:
        """That another program has written to the database file, as far as it shows; as the beginning of a
        sentence."""

"""Care of the store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from chatd.domain.backup_rule import Rule


class StoreError(Exception):
    """The folder or file cannot be used as it is. The message says why, and how to mend it."""


class CompactError(StoreError):
    """Disk cannot be given back."""


class RepositoryError(StoreError):
    """A repository of backups, or a backup in it, cannot be used."""


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


class Compacted(Protocol):
    """Bytes of the database and the views' file, before and after."""

    @property
    def before(self) -> int: ...
    @property
    def after(self) -> int: ...


class Backup(Protocol):
    """A finished copy: its size, the position and hash of its last event, the epoch of its database, its
    version, and the hashes of the blobs that it names."""

    @property
    def path(self) -> Path: ...
    @property
    def bytes(self) -> int: ...
    @property
    def position(self) -> int: ...
    @property
    def hash(self) -> str: ...
    @property
    def epoch(self) -> str: ...
    @property
    def schema(self) -> int: ...
    @property
    def blobs(self) -> Sequence[str]: ...


class Maintenance(Protocol):
    """What an operator may ask of the store while it works. All that waits raises StoreUnavailable."""

    async def check(self) -> Sequence[str]:
        """What is wrong with the database file or the disk below it; empty when all is well."""

    async def verify(self) -> Verified: ...

    async def backup(self, path: Path, durable: bool = True) -> Backup:
        """Writes a consistent copy. Raises StoreError when it cannot stand there. Not `durable`: it need not
        outlive a crash."""

    async def compact(self, told: Callable[[str, int], None] = ...) -> Compacted:
        """Gives disk back while the server works. `told` hears which step it is at (`reading`, `copying`,
        `clearing`, `shrinking`), and how many hundredths of it are done. Raises CompactError when it cannot
        begin."""

    def sizes(self) -> Sizes: ...

    def misplaced(self) -> str | None:
        """Why the database that is open is not the one at its path, or cannot be written there; as the
        beginning of a sentence."""

    def touched(self) -> str | None:
        """That another program has written to the database file, as far as it shows; as the beginning of a
        sentence."""


class RepositoryBackup(Struct, frozen=True):
    """A backup in a repository at `place`: `bytes` of its database, `position` of its last event, how many
    `blobs` it has, `findings` about those that it lacks, and how many bytes were `added` to the repository,
    before they were encrypted. `at`: Unix milliseconds."""

    place: str
    id: str
    bytes: int
    position: int
    blobs: int
    findings: tuple[str, ...]
    added: int
    at: int


class Repositories(Protocol):
    """Where many backups are kept together, each content once."""

    async def create(self, place: str, recipients: Sequence[str] = ()) -> RepositoryBackup:
        """`place`: a folder, or `s3://BUCKET/PREFIX`. Raises StoreError, StoreUnavailable,
        BlobsUnavailable."""

    async def newest(self, place: str) -> int | None:
        """When the newest backup there was made, Unix milliseconds. Raises StoreError."""

    async def prune(self, place: str, rule: Rule) -> int:
        """Forgets what the rule does not keep: how many. Raises StoreError."""

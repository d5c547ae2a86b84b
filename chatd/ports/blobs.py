"""Blobs: the bytes of files, named by their SHA-256, each content kept once.

What a file is called, whose it is and who may see it is not known here: rows say that.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

from msgspec import Struct


class BlobsUnavailable(Exception):
    """The bytes cannot be stored or read now; nothing of the call was kept. The text says why."""


class BlobsFull(BlobsUnavailable):
    """There is no space for more."""


class BlobMissing(Exception):
    """There is no such blob; the text is its hash."""


class Blob(Struct, frozen=True):
    """Stored and durable. `hash`: SHA-256 in 64 lower-case hexadecimal digits. `size`: bytes."""

    hash: str
    size: int


class Staged(Protocol):
    """Bytes on their way in. Nobody sees them before they are sealed, and a killed server leaves none of
    them."""

    @property
    def size(self) -> int:
        """Bytes that were written."""

    async def write(self, data: bytes) -> None:
        """Raises BlobsFull, BlobsUnavailable."""

    async def seal(self) -> Blob:
        """Makes them a blob. It is not deleted before the context of `Blobs.stage` has ended, so that a row
        which refers to it can be written until then. Raises BlobsFull, BlobsUnavailable."""


class Opened(Protocol):
    """A blob that can be read."""

    @property
    def size(self) -> int: ...

    @property
    def path(self) -> Path | None:
        """The file that holds exactly its bytes, for sendfile; None when it is elsewhere."""

    @property
    def url(self) -> str | None:
        """Where a client may fetch it itself for a while, if the server is set up so."""

    def read(self, start: int, length: int) -> AsyncGenerator[bytes, None]:
        """`length` bytes from `start` on, in pieces of at most 1 MiB. Raises BlobsUnavailable."""


class Blobs(Protocol):
    """The store of all blobs of a server."""

    def stage(self) -> AbstractAsyncContextManager[Staged]:
        """What is not sealed when the context ends is dropped."""

    async def open(self, hash_: str) -> Opened:
        """Raises BlobMissing, BlobsUnavailable."""

    async def delete(self, hash_: str, unless: Callable[[], Awaitable[bool]] | None = None) -> bool:
        """Whether it is gone (or never was). It stays when somebody has just sealed the same content, or when
        `unless` returns true. `unless` is asked while nobody can seal it: a row that was written for the blob
        before is seen by it, and one that comes later finds the blob stored anew. Raises BlobsUnavailable."""

    async def list(self) -> list[str]:
        """The hashes of all blobs, in no order. Raises BlobsUnavailable."""

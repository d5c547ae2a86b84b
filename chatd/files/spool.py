"""A spool: bytes that flow into a file, `HOP` at a time, each hop in a thread, and are hashed on the way."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any, Final

from chatd.files.threads import HOP, READ_HOP, Threads
from chatd.ports import BlobsFull

FULL: Final = "the disk has no more free space than the setting `files_reserve` keeps for everything else"


class Spool:
    """Writes to the end of an open file that holds `size` bytes already. Whoever opened it closes it.

    `reserve`: bytes that stay free on its disk. It holds at most `HOP` bytes, and the piece it was given.
    """

    def __init__(self, descriptor: int, threads: Threads, reserve: int = 0, size: int = 0) -> None:
        self.descriptor = descriptor
        self._threads = threads
        self._reserve = reserve
        self._stored = size
        self._waiting = bytearray()
        self._hash = None if size else hashlib.sha256()

    @property
    def size(self) -> int:
        return self._stored + len(self._waiting)

    async def write(self, data: bytes) -> None:
        """Raises BlobsFull, BlobsUnavailable."""
        self._waiting += data
        while len(self._waiting) >= HOP:
            await self._hop()

    async def flush(self) -> None:
        """Everything is in the file, where another process reads it too."""
        while self._waiting:
            await self._hop()

    async def taken_over(self) -> None:
        """Another process has written the file."""
        self._stored = (await self._threads.run(os.fstat, self.descriptor)).st_size
        self._hash = None

    async def sync(self) -> None:
        """Everything is on the disk."""
        await self.flush()
        await self._threads.run(os.fsync, self.descriptor)

    async def hash(self) -> str:
        """SHA-256 of the whole file."""
        await self.flush()
        if self._hash is None:
            return await hash_of(self.descriptor, self._threads)
        return self._hash.hexdigest()

    async def _hop(self) -> None:
        piece = bytes(memoryview(self._waiting)[:HOP])  # a slice would be a second copy
        await self._threads.run(self._store, piece)
        del self._waiting[:HOP]

    def _store(self, piece: bytes) -> None:
        check_room(self.descriptor, self._reserve, len(piece))
        if self._hash is not None:
            self._hash.update(piece)
        left = memoryview(piece)
        while left:
            written = os.pwrite(self.descriptor, left, self._stored)
            self._stored += written
            left = left[written:]


def check_room(place: int | Path, reserve: int, size: int) -> None:
    """Raises BlobsFull if `size` more bytes on the disk of an open file, or of a folder, would not leave
    `reserve` bytes free."""
    if reserve:
        disk = os.statvfs(place)
        if disk.f_bavail * disk.f_frsize < reserve + size:
            raise BlobsFull(FULL)


async def hash_of(descriptor: int, threads: Threads) -> str:
    """SHA-256 of an open file, in hexadecimal digits."""
    digest: Any = hashlib.sha256()
    start = 0

    def read() -> int:
        data = os.pread(descriptor, READ_HOP, start)
        digest.update(data)
        return len(data)

    while length := await threads.run(read):
        start += length
    return str(digest.hexdigest())

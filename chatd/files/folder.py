"""The folder store: blobs as files `ab/cdef…` below one folder, named by their SHA-256.

A blob comes into being in one step: its bytes are written to a file without a name (O_TMPFILE), synced, and
linked to its name; then the folder is synced. A killed server leaves nothing behind. Where the file system
knows no files without a name (NFS), they have one in the folder `staging`, which is emptied at the start.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

import trio

from chatd.durable import sync
from chatd.files.pins import Pins
from chatd.files.spool import Spool, check_room
from chatd.files.staging import Staging, StagingFile
from chatd.files.threads import READ_HOP, Threads
from chatd.ports import Blob, BlobMissing, BlobsUnavailable

HASH: Final = frozenset("0123456789abcdef")
HASH_DIGITS: Final = 64


class FolderBlobs:
    """Blobs in `folder`, which is made with the first one. `reserve`: bytes that stay free on its disk.
    `own`: below it, where others have the folder, too, and each stages in a place of its own."""

    def __init__(self, folder: Path, reserve: int = 0, own: Path | None = None) -> None:
        self.folder = folder
        self.threads = Threads()
        self.reserve = reserve
        self.pins = Pins()
        self._staging = Staging(folder, own or folder)
        self._preparing = trio.Lock()

    @asynccontextmanager
    async def stage(self) -> AsyncIterator[StagedFile]:
        """Raises BlobsUnavailable."""
        await self.prepare()
        file = await self.threads.run(self._staging.new_file)
        try:
            async with AsyncExitStack() as pinned:
                yield StagedFile(self, file, pinned)
        finally:
            await self.threads.finish(file.drop)

    @asynccontextmanager
    async def adopt(self, file: StagingFile, size: int) -> AsyncIterator[StagedFile]:
        async with AsyncExitStack() as pinned:
            yield StagedFile(self, file, pinned, size)

    async def prepare(self) -> None:
        """Makes the folder, and removes what a killed server has left in it. Only the first call does."""
        async with self._preparing:
            if not self._staging.prepared:
                await self.threads.run(self._staging.prepare)

    async def expect(self, size: int) -> None:
        await self.prepare()
        await self.threads.run(check_room, self.folder, self.reserve, size)

    async def open(self, hash_: str) -> OpenedFile:
        path = self.path_of(hash_)
        size = await self.threads.run(_size, path)
        if size is None:
            raise BlobMissing(hash_)
        return OpenedFile(path, size, self.threads)

    async def delete(self, hash_: str, unless: Callable[[], Awaitable[bool]] | None = None) -> bool:
        path = self.path_of(hash_)
        async with self.pins.deleting(hash_) as allowed:
            if not allowed or (unless is not None and await unless()):
                return False
            await self.threads.run(_delete, path)
            return True

    async def list(self) -> list[str]:
        return await self.threads.run(_list, self.folder)

    def path_of(self, hash_: str) -> Path:
        """Raises BlobMissing for what is no hash: it may come from outside."""
        if len(hash_) != HASH_DIGITS or not HASH.issuperset(hash_):
            raise BlobMissing(hash_)
        return self.folder / hash_[:2] / hash_[2:]


class StagedFile:
    """Bytes on their way into the folder."""

    def __init__(self, blobs: FolderBlobs, file: StagingFile, pinned: AsyncExitStack, size: int = 0) -> None:
        self.spool = Spool(file.descriptor, blobs.threads, blobs.reserve, size)
        self._file = file
        self._blobs = blobs
        self._pinned = pinned

    @property
    def size(self) -> int:
        return self.spool.size

    async def write(self, data: bytes) -> None:
        await self.spool.write(data)

    async def seal(self) -> Blob:
        hash_ = await self.spool.hash()
        await self._pinned.enter_async_context(self._blobs.pins.storing(hash_))
        await self._blobs.threads.run(_keep, self._file, self._blobs.path_of(hash_), self.size)
        return Blob(hash_, self.size)


class OpenedFile:
    """A blob of the folder."""

    url = None

    def __init__(self, path: Path, size: int, threads: Threads) -> None:
        self.path = path
        self.size = size
        self._threads = threads

    async def read(self, start: int, length: int) -> AsyncGenerator[bytes, None]:
        file = await self._threads.run(os.open, self.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            while length:
                piece = await self._threads.run(os.pread, file, min(length, READ_HOP), start)
                if not piece:
                    raise BlobsUnavailable("the file is shorter than it was when it was stored")
                start, length = start + len(piece), length - len(piece)
                yield piece
        finally:
            os.close(file)


def _keep(file: StagingFile, path: Path, size: int) -> None:
    """Gives the file its name for good. A blob that is there already stays, unless a fault has cut it."""
    os.fsync(file.descriptor)
    path.parent.mkdir(0o700, exist_ok=True)
    found = _size(path)
    if found != size:
        if found is not None:
            path.unlink()
        file.link(path)
    for folder in (path.parent, path.parent.parent):  # names may be others', not synced yet
        sync(folder)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _delete(path: Path) -> None:
    try:
        path.unlink()
    except FileNotFoundError:
        return
    sync(path.parent)


def _list(folder: Path) -> list[str]:
    found: list[str] = []
    for first in _names(folder):
        if len(first) == 2 and HASH.issuperset(first):
            found += (
                first + rest
                for rest in _names(folder / first)
                if len(first + rest) == HASH_DIGITS and HASH.issuperset(rest)
            )
    return found


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []

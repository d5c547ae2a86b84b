"""A backup with files in it: a tar archive of the copied database and of the blobs that it names.

Blobs never change, so copying them after the database gives what it names; nothing is collected meanwhile.
The archive is `chatd.db`, then one `files/<hash>` for each blob. Files in a bucket are not in it: the bucket
keeps its own copies. What is half made stands in a locked folder beside the target, with a name of its own:
the next backup into the same folder removes what a killed server has left there.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import tarfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import IO, Final

import msgspec
import trio

from chatd.database_files import remove_copy
from chatd.durable import sync
from chatd.ports import Backup, BlobMissing, Blobs, BlobsUnavailable, Maintenance, StoreError
from chatd.unreadable import on_bad_block, why

DATABASE: Final = "chatd.db"
FOLDER: Final = "files"
WORKSHOP: Final = ".chatd-backup-"
ARCHIVE: Final = "archive.part"


class Archived(msgspec.Struct, frozen=True):
    """`blobs`: how many are in it; 0: it is the bare database. `findings`: which are lost or damaged."""

    path: Path
    bytes: int
    position: int
    blobs: int
    findings: tuple[str, ...] = ()


class BackupArchives(msgspec.Struct, frozen=True, eq=False):
    maintenance: Maintenance
    blobs: Blobs

    async def create(self, target: Path) -> Archived:
        """Never overwrites. Raises StoreError, StoreUnavailable, BlobsUnavailable."""
        if await trio.to_thread.run_sync(os.path.exists, target):  # which raises nothing
            raise StoreError(f"{target} exists already; choose another name")
        findings: list[str] = []
        async with _workshop(target) as folder:
            database = folder / DATABASE
            copy = await self.maintenance.backup(database)
            paths = await self._paths(copy, findings)
            if paths:
                size, count = await trio.to_thread.run_sync(_pack, database, paths, target, findings)
            else:
                size, count = await trio.to_thread.run_sync(_link, database, target), 0
        return Archived(target, size, copy.position, count, tuple(findings))

    async def _paths(self, copy: Backup, findings: list[str]) -> Sequence[tuple[str, Path]]:
        """Where the blobs are that the copy names, if they are files here."""
        found: list[tuple[str, Path]] = []
        for hash_ in copy.blobs:
            try:
                path = (await self.blobs.open(hash_)).path
            except BlobMissing:
                findings.append(_lost(hash_))
                continue
            except BlobsUnavailable as error:
                _leave_out(hash_, error, findings)
                continue
            if path is None:
                return ()
            found.append((hash_, path))
        return found


@asynccontextmanager
async def _workshop(target: Path) -> AsyncIterator[Path]:
    """A folder for what is half made. Raises StoreError."""
    await trio.to_thread.run_sync(_clear_left, target.parent)
    named = hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]
    folder = target.with_name(f"{WORKSHOP}{named}")
    descriptor = await trio.to_thread.run_sync(_enter, folder, target)
    try:
        yield folder
    finally:
        with trio.CancelScope(shield=True):
            await trio.to_thread.run_sync(_leave, folder, descriptor)


def _enter(folder: Path, target: Path) -> int:
    try:
        folder.mkdir(0o700, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _clear(folder)
    except OSError as error:
        os.close(descriptor)
        raise StoreError(f"{target} cannot be written: another backup is being written to it") from error
    return descriptor


def _clear_left(parent: Path) -> None:
    """Takes away what killed servers have left, whatever its target was: all that was ever deleted since may
    stand in it."""
    left: list[Path] = []
    with suppress(OSError):  # who writes there says what is wrong
        left += parent.glob(f"{WORKSHOP}*")
    for folder in left:
        with suppress(OSError):  # it is in use, or somebody else's
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _clear(folder)
                folder.rmdir()
            finally:
                os.close(descriptor)


def _leave(folder: Path, descriptor: int) -> None:
    with suppress(OSError):  # the next backup does it
        _clear(folder)
        folder.rmdir()
    os.close(descriptor)


def _clear(folder: Path) -> None:
    (folder / ARCHIVE).unlink(missing_ok=True)
    remove_copy(folder / DATABASE)


def _link(database: Path, target: Path) -> int:
    """How many bytes it has now."""
    try:
        os.link(database, target)
        sync(target.parent)
        return target.stat().st_size
    except FileExistsError as error:
        raise StoreError(f"{target} exists already; choose another name") from error
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}") from error


class _Hashing:
    """Reads on, and knows the SHA-256 of what was read. From where the disk gives nothing it reads zeros: the
    archive has said already how long the blob is."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.digest = hashlib.sha256()
        self.error: OSError | None = None

    def read(self, size: int = -1) -> bytes:
        piece = bytes(size) if self.error is not None else self._piece(size)
        self.digest.update(piece)
        return piece

    def _piece(self, size: int) -> bytes:
        try:
            return self._source.read(size)
        except OSError as error:
            if not on_bad_block(error):
                raise
            self.error = error
            return bytes(size)


def _pack(
    database: Path, paths: Sequence[tuple[str, Path]], target: Path, findings: list[str]
) -> tuple[int, int]:
    """How many bytes it has, and how many good blobs."""
    part, good = database.with_name(ARCHIVE), 0
    try:
        with (
            open(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "wb") as file,
            tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive,
        ):
            archive.add(database, DATABASE, recursive=False)
            for hash_, path in paths:
                try:
                    blob = path.open("rb")
                except FileNotFoundError:
                    findings.append(_lost(hash_))
                    continue
                except OSError as error:
                    _leave_out(hash_, error, findings)
                    continue
                with blob:
                    member, source = (
                        archive.gettarinfo(arcname=f"{FOLDER}/{hash_}", fileobj=blob),
                        _Hashing(blob),
                    )
                    archive.addfile(member, source)
                if source.error is not None:
                    findings.append(f"blob {hash_}: it cannot be read: {why(source.error)}")
                elif source.digest.hexdigest() == hash_:
                    good += 1
                else:
                    findings.append(f"blob {hash_}: its bytes are not those that were stored")
            archive.close()
            file.flush()
            os.fsync(file.fileno())
        return _link(part, target), good
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}") from error


def _leave_out(hash_: str, error: OSError | BlobsUnavailable, findings: list[str]) -> None:
    """One bad block keeps no backup from being made; what stands in the way of all blobs may. Raises
    StoreError."""
    if not on_bad_block(error):
        raise StoreError(f"blob {hash_}: it cannot be read: {why(error)}") from error
    findings.append(f"blob {hash_}: it cannot be read: {why(error)}")


def _lost(hash_: str) -> str:
    return f"blob {hash_}: its bytes are lost"

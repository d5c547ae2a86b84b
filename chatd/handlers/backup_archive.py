"""A backup with files in it: a tar archive of the copied database and of the blobs that it names.

Blobs never change, so copying them after the database gives what it names; nothing is collected meanwhile.
The archive is `chatd.db`, then one `files/<hash>` for each blob. Files in a bucket are not in it: the bucket
keeps its own copies.
"""

from __future__ import annotations

import os
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
import trio

from chatd.ports import Backup, BlobMissing, Blobs, Maintenance, StoreError

DATABASE: Final = "chatd.db"
FOLDER: Final = "files"


class Archived(msgspec.Struct, frozen=True):
    """`blobs`: how many are in it; 0: it is the bare database."""

    path: Path
    bytes: int
    position: int
    blobs: int


class BackupArchives(msgspec.Struct, frozen=True, eq=False):
    maintenance: Maintenance
    blobs: Blobs

    async def create(self, target: Path) -> Archived:
        """Never overwrites. Raises StoreError, StoreUnavailable, BlobsUnavailable."""
        if await trio.to_thread.run_sync(target.exists):
            raise StoreError(f"{target} exists already; choose another name")
        database = target.with_name(target.name + ".db")
        copy = await self.maintenance.backup(database)
        try:
            paths = await self._paths(copy)
            write = _link if not paths else _pack
            size = await trio.to_thread.run_sync(write, database, paths, target)
        finally:
            with trio.CancelScope(shield=True):
                await trio.to_thread.run_sync(database.unlink, True)
        return Archived(target, size, copy.position, len(paths))

    async def _paths(self, copy: Backup) -> Sequence[tuple[str, Path]]:
        """Where the blobs are that the copy names, if they are files here."""
        found: list[tuple[str, Path]] = []
        for hash_ in copy.blobs:
            try:
                path = (await self.blobs.open(hash_)).path
            except BlobMissing:
                continue  # `server.verify` says so
            if path is None:
                return ()
            found.append((hash_, path))
        return found


def _link(database: Path, paths: Sequence[tuple[str, Path]], target: Path) -> int:
    """How many bytes it has now."""
    try:
        os.link(database, target)
        _sync(target.parent)
        return target.stat().st_size
    except FileExistsError as error:
        raise StoreError(f"{target} exists already; choose another name") from error
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}") from error


def _pack(database: Path, paths: Sequence[tuple[str, Path]], target: Path) -> int:
    part = target.with_name(target.name + ".part")
    try:
        with (
            open(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "wb") as file,
            tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive,
        ):
            archive.add(database, DATABASE, recursive=False)
            for hash_, path in paths:
                archive.add(path, f"{FOLDER}/{hash_}", recursive=False)
            archive.close()
            file.flush()
            os.fsync(file.fileno())
        return _link(part, paths, target)
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

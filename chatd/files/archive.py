"""Takes a backup with files apart: see `chatd.handlers.backup_archive` for what is in it."""

from __future__ import annotations

import hashlib
import lzma
import os
import re
import tarfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from chatd.durable import make_private, sync
from chatd.path_kind import is_file
from chatd.ports import StoreError

DATABASE: Final = "chatd.db"
DAMAGED: Final = "its bytes in the backup are not those that were stored"
PIECE: Final = 1 << 20
_BLOB: Final = re.compile("files/([0-9a-f]{64})")


def database_of(backup: Path, folder: Path) -> Path:
    """The database in a backup, taken out into `folder`; a backup without files is one itself. Raises
    StoreError."""
    if not (is_file(backup) and tarfile.is_tarfile(backup)):
        return backup
    with _reading(backup) as archive:
        first = archive.next()
        found = archive.extractfile(first) if first is not None and first.name == DATABASE else None
        if found is None:
            raise StoreError(f"{backup} is no backup of chatd")
        path = folder / DATABASE
        _copy(found, path)
        return path


@contextmanager
def _reading(backup: Path) -> Iterator[tarfile.TarFile]:
    """Raises StoreError: it cannot be read, or was cut off."""
    try:
        with tarfile.open(backup) as archive:
            yield archive
    except (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise StoreError(f"{backup} is damaged: {error}") from error


def restore_files(
    backup: Path, folder: Path, wanted: Collection[str] | None = None
) -> tuple[int, tuple[str, ...]]:
    """Puts the blobs of a backup (those that are `wanted`, if it is said) below `folder`, each under its
    hash: how many, and which are damaged and were left out. Raises StoreError: the archive cannot be read."""
    if not tarfile.is_tarfile(backup):
        return 0, ()
    return _restore(backup, folder, wanted)


def check_files(backup: Path, named: Collection[str]) -> tuple[str, ...]:
    """What is wrong with the blobs in a backup, whose database names these. A backup that is a bare database
    has none: they stand in a bucket. Raises StoreError: the archive cannot be read."""
    if not tarfile.is_tarfile(backup):
        return ()
    findings, missing = [], set(named)
    with _reading(backup) as archive:
        for hash_, blob in _blobs(archive):
            missing.discard(hash_)
            if hashlib.file_digest(blob, "sha256").hexdigest() != hash_:  # type: ignore[arg-type]
                findings.append(f"blob {hash_}: {DAMAGED}")
    return (*findings, *(f"blob {hash_}: it is not in the backup" for hash_ in sorted(missing)))


def _restore(backup: Path, folder: Path, wanted: Collection[str] | None) -> tuple[int, tuple[str, ...]]:
    count, findings = 0, []
    with _reading(backup) as archive:
        for hash_, blob in _blobs(archive):
            if wanted is not None and hash_ not in wanted:
                continue
            place = folder / hash_[:2]
            make_private(folder, place)
            part = place / f"{hash_[2:]}.part"
            if _copy(blob, part) != hash_:
                part.unlink()
                findings.append(f"blob {hash_}: {DAMAGED}")
                continue
            part.replace(place / hash_[2:])
            sync(place)
            count += 1
    if count:
        sync(folder)
    return count, tuple(findings)


def _blobs(archive: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    """Each under the hash that it is named by."""
    for member in archive:
        named = _BLOB.fullmatch(member.name)
        if named and member.isreg() and (blob := archive.extractfile(member)) is not None:
            yield named[1], blob


def _copy(source: IO[bytes], path: Path) -> str:
    """The SHA-256 of what was written."""
    digest = hashlib.sha256()
    with open(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as target:
        while piece := source.read(PIECE):
            digest.update(piece)
            target.write(piece)
        target.flush()
        os.fsync(target.fileno())
    return digest.hexdigest()

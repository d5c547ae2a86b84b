"""Takes a backup with files apart: see `chatd.handlers.backup_archive` for what is in it."""

from __future__ import annotations

import hashlib
import os
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final

from chatd.files.staging import sync_folder
from chatd.ports import StoreError

DATABASE: Final = "chatd.db"
PIECE: Final = 1 << 20
_BLOB: Final = re.compile("files/([0-9a-f]{64})")


@contextmanager
def database_of(backup: Path, beside: Path) -> Iterator[Path]:
    """The database in a backup, for as long as this is entered; a backup without files is one itself.
    `beside`: where there is space for it. Raises StoreError."""
    if not (backup.is_file() and tarfile.is_tarfile(backup)):
        yield backup
        return
    with TemporaryDirectory(prefix=".chatd-restore-", dir=beside) as folder, tarfile.open(backup) as archive:
        first = archive.next()
        found = archive.extractfile(first) if first is not None and first.name == DATABASE else None
        if found is None:
            raise StoreError(f"{backup} is no backup of chatd")
        path = Path(folder) / DATABASE
        _copy(found, path)
        yield path


def restore_files(backup: Path, folder: Path) -> tuple[int, tuple[str, ...]]:
    """Puts the blobs of a backup below `folder`, each under its hash: how many, and which are damaged and
    were left out. Raises StoreError: the archive cannot be read."""
    if not tarfile.is_tarfile(backup):
        return 0, ()
    try:
        return _restore(backup, folder)
    except tarfile.TarError as error:
        raise StoreError(f"{backup} is damaged: {error}") from error


def _restore(backup: Path, folder: Path) -> tuple[int, tuple[str, ...]]:
    count, findings = 0, []
    with tarfile.open(backup) as archive:
        for member in archive:
            named = _BLOB.fullmatch(member.name)
            found = archive.extractfile(member) if named and member.isreg() else None
            if named is None or found is None:
                continue
            place = folder / named[1][:2]
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            part = place / f"{named[1][2:]}.part"
            if _copy(found, part) != named[1]:
                part.unlink()
                findings.append(f"blob {named[1]}: its bytes in the backup are not those that were stored")
                continue
            part.replace(place / named[1][2:])
            sync_folder(place)
            count += 1
    if count:
        sync_folder(folder)
    return count, tuple(findings)


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

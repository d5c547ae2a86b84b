"""Takes a backup out of a repository: its database, its files. Needs no server."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

from chatd.durable import make_private, sync
from chatd.ports import RepositoryError
from chatd.repository import manifest as manifests
from chatd.repository.manifest import FILES, ID, PIECES, Manifest, object_name
from chatd.repository.sealing import Identities, name_of
from chatd.repository.shelf import Shelf

READ: Final = 1 << 20


class BackupReader:
    """One backup. Raises RepositoryError, as all its methods: it cannot be read, or is damaged."""

    def __init__(self, shelf: Shelf, manifest: Manifest, identities: Identities | None) -> None:
        self.manifest = manifest
        self._shelf = shelf
        self._identities = identities if manifest.encrypted else None
        self._secret = manifest.secret(identities)

    def database(self, path: Path) -> None:
        """Writes the database to `path`, which must not exist."""
        manifest = self.manifest
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            for number, name in enumerate(manifest.pieces, 1):
                data = self._opened(self._shelf.read(object_name(PIECES, name)))
                if data is None or name_of(self._secret, hashlib.sha256(data).digest()) != name:
                    raise RepositoryError(
                        f"piece {number} of the database of backup {manifest.id} is damaged ({name})"
                    )
                file.write(data)
            if file.tell() != manifest.size:
                raise RepositoryError(f"backup {manifest.id} is damaged: pieces of its database are missing")
            file.flush()
            os.fsync(file.fileno())

    def blob(self, hash_: str, target: IO[bytes]) -> str | None:
        """Writes a blob to `target`; else, why it cannot, in words."""
        name = object_name(FILES, name_of(self._secret, bytes.fromhex(hash_)))
        digest = hashlib.sha256()
        try:
            with self._shelf.open(name) as source:
                if self._identities is None:
                    _copy(source, target, digest)
                else:
                    with TemporaryFile() as opened:
                        self._identities.open_file(source, opened)
                        opened.seek(0)
                        _copy(opened, target, digest)
        except RepositoryError as error:
            return f"blob {hash_}: it cannot be read: {error}"
        if digest.hexdigest() != hash_:
            return f"blob {hash_}: its bytes in the backup are not those that were stored ({name})"
        return None

    def _opened(self, data: bytes) -> bytes | None:
        """None: it is damaged, for the key has opened the backup's secret."""
        if self._identities is None:
            return data
        try:
            return self._identities.open(data)
        except RepositoryError:
            return None


def restore_blobs(reader: BackupReader, hashes: Sequence[str], folder: Path) -> tuple[int, tuple[str, ...]]:
    """Puts these blobs below `folder`, each under its hash: how many, and which cannot be had."""
    count, findings = 0, []
    for hash_ in hashes:
        place = folder / hash_[:2]
        path = place / hash_[2:]
        make_private(folder, place)
        part = path.with_name(f"{path.name}.part")
        with open(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as target:
            finding = reader.blob(hash_, target)
            target.flush()
            os.fsync(target.fileno())
        if finding is not None:
            part.unlink()
            findings.append(finding)
            continue
        part.replace(path)
        count += 1
    for place in {folder / hash_[:2] for hash_ in hashes} | ({folder} if hashes else set()):
        sync(place)
    return count, tuple(findings)


def chosen(shelf: Shelf, wanted: str | None) -> Manifest:
    """The manifest of the backup with this id, or of the newest one. Raises RepositoryError."""
    known = manifests.ids(shelf)
    if not known:
        raise RepositoryError(
            "there is no backup in this repository; name another, or a file of `backup create`"
        )
    if wanted is None:
        return manifests.read(shelf, known[-1])
    if not ID.fullmatch(wanted) or wanted not in known:
        raise RepositoryError(f"there is no backup {wanted!r} here; `chatctl backup list` shows them")
    return manifests.read(shelf, wanted)


def earliest(shelf: Shelf, time: int | None, position: int | None) -> Manifest:
    """The first backup that was made when `time` was over (Unix milliseconds), or that has `position`: of
    those that hold this moment, it lacks the fewest texts. Positions are those of the newest history: a
    restored server gives them again. The newest, if none holds it. Raises RepositoryError."""
    found, made_at = None, sys.maxsize
    for manifest in manifests.readable(shelf):
        if position is not None and found is not None and manifest.epoch != found.epoch:
            break
        made_at = min(made_at, manifest.made_at)  # it was before the next one, though a clock was ahead
        if (position is None or manifest.position < position) and (time is None or made_at < time):
            break
        found = manifest
    return found or chosen(shelf, None)


def _copy(source: IO[bytes], target: IO[bytes], digest: hashlib._Hash) -> None:
    while piece := source.read(READ):
        digest.update(piece)
        target.write(piece)

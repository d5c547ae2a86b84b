"""Makes backups into a repository while the server runs.

First the database is copied, in one look, to a file beside it; then that copy is cut into pieces, and of
pieces and files only those are put on the shelf that are not there yet. So what has not changed since the
backup before is not copied again, and the log is held up no longer than one copy on this disk takes.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

import msgspec
import trio

from chatd import __version__
from chatd.clock import now
from chatd.concurrency.background_work import BackgroundThread, background_thread
from chatd.database_files import remove_copy
from chatd.domain.backup_rule import Rule
from chatd.ports import (
    Backup,
    BlobMissing,
    Blobs,
    BlobsUnavailable,
    Maintenance,
    RepositoryBackup,
    RepositoryError,
)
from chatd.repository import manifest as manifests
from chatd.repository.manifest import FILES, PIECE, PIECES, Manifest, object_name
from chatd.repository.retention import prune
from chatd.repository.sealing import RECIPIENTS, Seal, name_of
from chatd.repository.shelf import Shelf, locked, open_shelf
from chatd.unreadable import on_bad_block, why

COPY: Final = "chatd.db.backup"  # in the data folder, while a backup is made
READ: Final = 1 << 20


class RepositoryBackups(msgspec.Struct, eq=False):
    """`key`: a secret of this server, of which the names of encrypted objects are made. `epoch`: the one that
    its clients are told, which no copy of it has."""

    maintenance: Maintenance
    blobs: Blobs
    data: Path
    key: bytes
    epoch: str
    _one: trio.Lock = msgspec.field(default_factory=trio.Lock)

    def __post_init__(self) -> None:
        remove_copy(self.data / COPY)  # of a backup that was killed

    async def create(self, place: str, recipients: Sequence[str] = ()) -> RepositoryBackup:
        """One at a time. Raises StoreError, StoreUnavailable, BlobsUnavailable."""
        if len(recipients) > RECIPIENTS:
            raise RepositoryError(f"a backup has at most {RECIPIENTS} recipients")
        seal = Seal(recipients) if recipients else None
        async with self._one, background_thread("backup") as thread:
            shelf = await thread.run(open_shelf, place, thread.rest)
            async with thread.within(locked(shelf)), thread.within(_no_copy_left(self.data)):
                newest = await thread.run(self._newest_of, shelf, place)
                if newest is not None and newest.encrypted and seal is None:
                    raise RepositoryError(
                        f"the newest backup in {place} is encrypted, and this one would not be;"
                        " give a recipient, or another repository"
                    )
                at = now()  # before the look: what was written until then is in it
                copy = await self.maintenance.backup(self.data / COPY, durable=False)
                try:
                    return await self._keep(thread, shelf, place, seal, copy, at)
                except OSError as error:  # what is half made stands there
                    raise RepositoryError(f"{self.data} cannot be used: {error.strerror or error}") from error

    async def newest(self, place: str) -> int | None:
        async with background_thread("newest") as thread:
            newest = await thread.run(lambda: self._newest_of(open_shelf(place, thread.rest), place))
        return newest.made_at if newest else None

    async def prune(self, place: str, rule: Rule) -> int:
        async with self._one, background_thread("prune") as thread:
            pruned = await thread.run(lambda: prune(open_shelf(place, thread.rest), rule))
        return len(pruned.forgotten)

    async def _keep(
        self, thread: BackgroundThread, shelf: Shelf, place: str, seal: Seal | None, copy: Backup, at: int
    ) -> RepositoryBackup:
        made = await thread.run(_Making, shelf, seal, self._secret(seal), self.data, thread.rest)
        pieces = await thread.run(made.cut, copy.path)
        for hash_ in await thread.run(made.missing, copy.blobs):
            await self._file(thread, made, hash_)
        id_ = await thread.run(manifests.next_id, shelf, at)
        manifest = Manifest(
            format=manifests.FORMAT,
            id=id_,
            made_at=at,
            chatd=__version__,
            schema=copy.schema,
            epoch=copy.epoch,
            position=copy.position,
            hash=copy.hash,
            size=copy.bytes,
            piece=PIECE,
            pieces=pieces,
            files=made.files,
            recipients=list(seal.recipients) if seal else [],
            sealed=manifests.sealed(seal.seal(made.secret)) if seal else None,
            findings=made.findings[:100],
            server=self._server(),
            copy=self.epoch,
        )
        await thread.run(made.finish, manifest)
        return RepositoryBackup(
            place,
            manifest.id,
            copy.bytes,
            copy.position,
            len(made.files),
            tuple(made.findings),
            made.added,
            at,
        )

    def _server(self) -> str:
        """What tells this server, restored or promoted too, from all others."""
        return hmac.digest(self.key, b"repository", hashlib.sha256).hex()[:32]

    def _newest_of(self, shelf: Shelf, place: str) -> Manifest | None:
        """The newest backup. Raises RepositoryError: it is another server's, and each would forget the
        other's backups, and take them for its own. One that was copied or restored goes on with the backups
        of its original, which then may not go on itself."""
        newest = next(manifests.readable(shelf), None)
        if newest is not None and newest.server not in ("", self._server()):
            raise RepositoryError(
                f"{place} holds the backups of another server; each server needs a repository of its own"
            )
        if newest is not None and newest.copy not in ("", self.epoch) and self._has_been_at(shelf):
            raise RepositoryError(
                f"{place} holds newer backups of a copy of this server, the newest {newest.id};"
                " each of both needs a repository of its own"
            )
        return newest

    def _has_been_at(self, shelf: Shelf) -> bool:
        return any(manifest.copy == self.epoch for manifest in manifests.readable(shelf))

    def _secret(self, seal: Seal | None) -> bytes:
        """Other recipients, other names: what they cannot read is nothing that they have already."""
        if seal is None:
            return b""
        return hashlib.sha256(b"\0".join((self.key, *(r.encode() for r in sorted(seal.recipients))))).digest()

    async def _file(self, thread: BackgroundThread, made: _Making, hash_: str) -> None:
        try:
            opened = await self.blobs.open(hash_)
        except BlobMissing:
            made.findings.append(f"blob {hash_}: its bytes are lost")
            return
        except BlobsUnavailable as error:
            made.leave_out(hash_, error)
            return
        if opened.path is not None:
            await thread.run(made.keep_path, hash_, opened.path)
            return
        with TemporaryFile(dir=self.data) as file:  # it is in a bucket
            start = 0
            while start < opened.size:
                length = min(READ, opened.size - start)
                async for piece in opened.read(start, length):
                    await thread.run(file.write, piece)
                start += length
            file.seek(0)
            await thread.run(made.keep_file, hash_, file)


class _Making:
    """One backup. Everything here runs on one thread, aside, and calls `rest` between two portions."""

    def __init__(
        self, shelf: Shelf, seal: Seal | None, secret: bytes, folder: Path, rest: Callable[[], None]
    ) -> None:
        self.secret = secret
        self._rest = rest
        self._folder = folder  # for what does not fit into memory
        self.files: list[str] = []
        self.findings: list[str] = []
        self.added = 0  # bytes
        self._shelf = shelf
        self._seal = seal
        self._there = {entry.name: entry.size for folder in (PIECES, FILES) for entry in shelf.list(folder)}

    def cut(self, database: Path) -> list[str]:
        """The names of its pieces, all of which are on the shelf. It takes the copy away."""
        names: list[str] = []
        with database.open("rb", buffering=0) as file:
            database.unlink()  # what is not there any more need not reach the disk
            while piece := file.read(PIECE):
                names.append(self._put(piece))
                self._rest()
        return names

    def _put(self, piece: bytes) -> str:
        """Its name."""
        name = name_of(self.secret, hashlib.sha256(piece).digest())
        key = object_name(PIECES, name)
        if not self._whole(key, len(piece)):
            self._rest()
            self._shelf.put(key, self._seal.seal(piece) if self._seal else piece)
            self._there[key] = len(piece) + bool(self._seal)
            self.added += len(piece)
        return name

    def _whole(self, key: str, size: int | None = None) -> bool:
        """Whether an object is on the shelf, as far as its size tells: what a broken disk cut off is not."""
        there = self._there.get(key)
        if there is None:
            return False
        if size is None:
            return there > 0
        return there > size if self._seal else there == size

    def missing(self, blobs: Sequence[str]) -> list[str]:
        """Those that are still to be put there."""
        return [hash_ for hash_ in blobs if not self._has(hash_)]

    def _has(self, hash_: str) -> bool:
        name = name_of(self.secret, bytes.fromhex(hash_))
        if not self._whole(object_name(FILES, name)):
            return False
        self.files.append(name)
        return True

    def keep_path(self, hash_: str, path: Path) -> None:
        try:
            file = path.open("rb")
        except FileNotFoundError:
            self.findings.append(f"blob {hash_}: its bytes are lost")
            return
        except OSError as error:
            self.leave_out(hash_, error)
            return
        with file:
            self.keep_file(hash_, file)

    def leave_out(self, hash_: str, error: OSError | BlobsUnavailable) -> None:
        """One bad block keeps no backup from being made; what stands in the way of all blobs may. Raises
        RepositoryError."""
        if not on_bad_block(error):
            raise RepositoryError(f"blob {hash_}: it cannot be read: {why(error)}") from error
        self.findings.append(f"blob {hash_}: it cannot be read: {why(error)}")

    def keep_file(self, hash_: str, file: IO[bytes]) -> None:
        try:
            digest = self._digest(file)
        except OSError as error:
            self.leave_out(hash_, error)
            return
        if digest != hash_:
            self.findings.append(f"blob {hash_}: its bytes are not those that were stored")
            return
        name = name_of(self.secret, bytes.fromhex(hash_))
        self.added += file.seek(0, os.SEEK_END)
        file.seek(0)
        if self._seal is None:
            self._shelf.put_file(object_name(FILES, name), file)
        else:
            with TemporaryFile(dir=self._folder) as sealed:
                self._seal.seal_file(file, sealed)
                sealed.seek(0)
                self._shelf.put_file(object_name(FILES, name), sealed)
        self.files.append(name)

    def _digest(self, file: IO[bytes]) -> str:
        digest = hashlib.sha256()
        while piece := file.read(READ):
            digest.update(piece)
            self._rest()
        return digest.hexdigest()

    def finish(self, manifest: Manifest) -> None:
        """All that it names is durable before it."""
        self._shelf.settle()
        manifests.put(self._shelf, manifest)


@contextmanager
def _no_copy_left(data: Path) -> Iterator[None]:
    remove_copy(data / COPY)
    try:
        yield
    finally:
        remove_copy(data / COPY)

"""The shelf: where a repository's objects stand, by names such as `pieces/1f2e…`; here, a folder.

An object is written once, whole, and never changed. `settle` makes durable what was put; before it, a crash
may lose objects, but never leaves one that is not whole under its name.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, Protocol

from msgspec import Struct

from chatd.concurrency.background_work import write_behind
from chatd.path_kind import is_folder, is_there
from chatd.ports import RepositoryError

PART: Final = ".part"
LOCK: Final = "lock"
SERVERS_OWN: Final = "chatd.db"
PENDING: Final = 8192  # objects that wait to be made durable, at most
BEHIND: Final = 16 << 20  # bytes that are on their way to the disk, at most
COPIED: Final = 1 << 20  # bytes that are in memory at once
S3: Final = "s3://"


class Object(Struct, frozen=True):
    """`modified`: seconds since 1970."""

    name: str
    size: int
    modified: float


class Shelf(Protocol):
    """All methods block, and raise RepositoryError."""

    def entered(self) -> Iterator[None]: ...
    def list(self, beginning: str) -> Iterator[Object]:
        """The objects whose names begin with `beginning`, which is that of a folder and its slash."""

    def put(self, name: str, data: bytes) -> None: ...
    def put_file(self, name: str, file: IO[bytes]) -> None:
        """From where the file stands, to its end."""

    def read(self, name: str) -> bytes: ...
    def open(self, name: str) -> IO[bytes]: ...
    def delete(self, name: str) -> None:
        """It may be gone already."""

    def settle(self) -> None: ...


def is_repository(place: str) -> bool:
    """Whether these words name a repository, and not a file: an S3 address, a folder that exists, or a path
    that ends with a slash."""
    return place.startswith(S3) or place.endswith("/") or is_folder(Path(place))


def open_shelf(place: str, rest: Callable[[], None] = lambda: None) -> Shelf:
    """Makes nothing. `rest` is called between two portions of long work on this disk, and while a bucket is
    waited for; what it raises ends that. Raises RepositoryError."""
    if not place.startswith(S3):
        return FolderShelf(Path(place), rest)
    try:
        from chatd.repository.bucket_shelf import bucket_shelf  # loaded only where it is used
    except ModuleNotFoundError as error:
        raise RepositoryError(f"{place} is in S3, and that needs `pip install 'chatd[s3]'`") from error
    return bucket_shelf(place, rest)


def existing_shelf(place: str) -> Shelf:
    """As `open_shelf`; a folder must be there. Raises RepositoryError."""
    if not place.startswith(S3):
        folder = Path(place)
        if not is_folder(folder):
            raise RepositoryError(f"there is no repository {place}")
        if not os.access(folder, os.R_OK | os.X_OK):
            raise RepositoryError(f"{place} cannot be used: you may not read it")
        if is_there(folder / SERVERS_OWN):
            raise RepositoryError(f"{place} is a server's data folder; give another one")
    return open_shelf(place)


@contextmanager
def locked(shelf: Shelf) -> Iterator[None]:
    """Keeps other programs from writing to it at the same time. Raises RepositoryError."""
    yield from shelf.entered()


class FolderShelf:
    def __init__(self, folder: Path, rest: Callable[[], None]) -> None:
        self._folder = folder
        self._rest = rest
        self._pending: list[Path] = []
        self._behind = 0  # bytes that may not be on the disk yet

    def entered(self) -> Iterator[None]:
        with self._translated():
            if is_there(self._folder / SERVERS_OWN):
                raise RepositoryError(f"{self._folder} is a server's data folder; give another one")
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self._folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise RepositoryError(
                    f"{self._folder} is in use: another backup is being written to it"
                ) from error
            self._clear()
            try:
                yield
            finally:
                self._clear()
        finally:
            os.close(lock)

    def list(self, beginning: str) -> Iterator[Object]:
        with self._translated():
            yield from self._walk(self._folder / beginning, beginning)

    def _walk(self, folder: Path, beginning: str) -> Iterator[Object]:
        try:
            entries = list(os.scandir(folder))
        except FileNotFoundError:
            return
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from self._walk(Path(entry.path), f"{beginning}{entry.name}/")
            elif not entry.name.endswith(PART):
                found = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(found.st_mode):
                    yield Object(f"{beginning}{entry.name}", found.st_size, found.st_mtime)

    def put(self, name: str, data: bytes) -> None:
        with self._translated(), self._part(name) as file:
            file.write(data)
            self._write_behind(file, len(data))

    def put_file(self, name: str, file: IO[bytes]) -> None:
        with self._translated(), self._part(name) as target:
            while piece := file.read(COPIED):
                target.write(piece)
                self._write_behind(target, len(piece))
                self._rest()

    def _write_behind(self, file: IO[bytes], length: int) -> None:
        """What was just written; a disk that does not keep up is waited for."""
        write_behind(file.fileno(), file.tell() - length, length)
        self._behind += length
        if self._behind >= BEHIND:
            os.fdatasync(file.fileno())
            self._behind = 0

    @contextmanager
    def _part(self, name: str) -> Iterator[IO[bytes]]:
        path = self._folder / name
        part = path.with_name(path.name + PART)
        flags = os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC
        try:
            descriptor = os.open(part, flags, 0o600)
        except FileNotFoundError:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(part, flags, 0o600)
        with open(descriptor, "wb", buffering=0) as file:
            yield file
        self._pending.append(path)
        if len(self._pending) >= PENDING:
            self.settle()

    def settle(self) -> None:
        """All of them at once: to wait for the disk after each takes ten times as long."""
        pending, self._pending = self._pending, []
        if not pending:
            return
        with self._translated():
            _sync(self._folder)
            for path in pending:
                path.with_name(path.name + PART).replace(path)
                self._rest()
            _sync(self._folder)

    def read(self, name: str) -> bytes:
        with self.open(name) as file:
            return file.read()

    def open(self, name: str) -> IO[bytes]:
        with self._translated():
            return (self._folder / name).open("rb")

    def delete(self, name: str) -> None:
        with self._translated():
            (self._folder / name).unlink(missing_ok=True)
        self._rest()

    def _clear(self) -> None:
        """What a killed program has left half made."""
        self._pending = []
        with self._translated():
            for part in self._folder.glob(f"*/**/*{PART}"):
                part.unlink(missing_ok=True)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise RepositoryError(f"{error.filename or self._folder} cannot be used: {reason}") from error


def _sync(folder: Path) -> None:
    """Makes all of the file system of this folder durable (syncfs(2))."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if ctypes.CDLL(None, use_errno=True).syncfs(descriptor) != 0:
            raise OSError(error := ctypes.get_errno(), os.strerror(error), str(folder))
    finally:
        os.close(descriptor)

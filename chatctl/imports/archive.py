"""An export on the disk: a folder, a zip, a tar, or one file, all read alike. Nothing is unpacked but what is
read.

Names are safe: one that leads out, a symlink, a pipe or a device is left out and reported as skipped. Reading
is from any thread, of one at a time.
"""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, Self, TypeVar

from chatctl.imports.export import Unreadable
from chatctl.imports.member_index import Member, MemberIndex
from chatctl.imports.member_stream import DEFLATED, STORED, MemberStream
from chatctl.imports.problems import Problems
from chatctl.imports.tar_members import is_tar, spool_tar
from chatctl.imports.zip_members import BEGINS, data_place, index_zip
from chatctl.temporary_file import temporary_file

T = TypeVar("T")

BOM: Final = b"\xef\xbb\xbf"  # what editors put before a text
DOCUMENT: Final = 16 * 1024 * 1024  # bytes of one JSON document or line
_BUFFER: Final = 128 * 1024
_LOOSE: Final = -1  # the method of a member that is a file on the disk


class Archive:
    """`name` is what messages call it: the last part of its path."""

    def __init__(self, path: Path, problems: Problems) -> None:
        self.name = path.name or str(path)
        self.problems = problems
        self._path = path
        self._file: int | None = None
        self._zipped = False
        self._index = MemberIndex(self.name, problems)
        try:
            self._open(path)
        except BaseException:
            self.close()
            raise

    def names(self, under: str = "") -> Iterator[str]:
        """Those that begin with `under`, such as `general/`, sorted."""
        return self._index.names(under)

    def shallow(self, limit: int) -> list[str]:
        """At most so many names, those in the fewest folders first."""
        return self._index.shallow(limit)

    def called(self, *lasts: str, limit: int = 100) -> list[str]:
        """The names whose last part is one of these, those in the fewest folders first."""
        return self._index.called(lasts, limit)

    def base(self, *names: str, of: Callable[[str], str] = str) -> str | None:
        """The folder in which one of these files lies, as `""` or `a/b/`: that in the fewest folders. An
        export that was packed by hand has a folder around it. `of` gives the export's own folder where they
        lie in folders of it. Another export beside it is told, since one import takes one."""
        bases = dict.fromkeys(of(found[: found.rfind("/") + 1]) for found in self.called(*names))
        first, *others = bases or ("",)
        for other in others:
            if other.count("/") == first.count("/"):
                self.problems.add("skipped", f"{other} (another export: import it by itself)")
        return first if bases else None

    def __contains__(self, name: str) -> bool:
        return self._index.find(name) is not None

    def size(self, name: str) -> int | None:
        """Bytes of a member, by what the archive says; None where it is not there or cut off."""
        member = self._index.find(name)
        return None if member is None else member.size

    def open(self, name: str) -> io.BufferedReader:
        """Its bytes; `read1` gives all that come before a cut, then `Unreadable` is raised."""
        member = self._index.find(name)
        if member is None:
            raise Unreadable(f"{name} is not in {self.name}")
        if member.method == _LOOSE:
            return self._open_loose(member)
        if member.method not in (STORED, DEFLATED) or self._file is None:
            raise Unreadable(
                f"{name} in {self.name} is packed in a way that is not known: pack it again as zip"
            )
        return io.BufferedReader(
            MemberStream(self._file, self._data_of(member), f"{name} in {self.name}"), _BUFFER
        )

    def read(self, name: str, limit: int = DOCUMENT) -> bytes:
        """All its bytes; raises `Unreadable` where there are more than `limit`."""
        with self.open(name) as stream:
            # In pieces: a read of so many bytes at once would take them, whatever is there.
            found = bytearray()
            while len(found) <= limit and (piece := stream.read1(min(_BUFFER, limit + 1 - len(found)))):
                found += piece
        if len(found) > limit:
            raise Unreadable(f"{name} in {self.name} is larger than {limit // 1024 // 1024} MiB")
        return bytes(found)

    def close(self) -> None:
        self._index.close()
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self, path: Path) -> None:
        try:
            if path.is_dir():
                self._index_folder(path)
                return
            # A pipe would keep the open waiting for who writes.
            self._file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise Unreadable(f"{path} cannot be read: {error.strerror}") from error
        about = os.fstat(self._file)
        if not stat.S_ISREG(about.st_mode):
            raise Unreadable(f"{path} is neither a file nor a folder")
        first = os.pread(self._file, 512, 0)
        if first.startswith(BEGINS):
            self._zipped = True
            index_zip(self._file, self.name, self._index, self.problems)
        elif is_tar(first, self.name.lower()):
            self._spool(about.st_size)
        else:
            self._index.add(Member(self.name, 0, about.st_size, about.st_size))

    def _spool(self, length: int) -> None:
        with temporary_file() as spool:
            assert self._file is not None
            with os.fdopen(os.dup(self._file), "rb") as source:
                source.seek(0)
                spool_tar(source, length, spool, self.name, self._index, self.problems)
            spool.flush()
            os.close(self._file)
            self._file = os.dup(spool.fileno())

    def _index_folder(self, folder: Path) -> None:
        waiting = [(folder, "")]
        while waiting:
            folder, before = waiting.pop()
            try:
                with os.scandir(folder) as found:
                    waiting += self._index_entries(found, before)
            except OSError as error:
                if not before:
                    raise
                self.problems.add("unreadable", f"{before}: {error.strerror}")

    def _index_entries(self, found: Iterable[os.DirEntry[str]], before: str) -> Iterator[tuple[Path, str]]:
        """Gives the folders among them, which are looked into later."""
        for entry in found:
            name = before + entry.name
            if entry.is_dir(follow_symlinks=False):
                yield Path(entry.path), name + "/"
            elif entry.is_file(follow_symlinks=False):
                size = entry.stat(follow_symlinks=False).st_size
                self._index.add(Member(name, 0, size, size, _LOOSE, written=name))
            else:
                self._index.skip(name)

    def _open_loose(self, member: Member) -> io.BufferedReader:
        path = self._path / member.written
        try:
            file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise Unreadable(f"{path} cannot be read: {error.strerror}") from error
        return io.BufferedReader(io.FileIO(file, "rb"), _BUFFER)

    def _data_of(self, member: Member) -> Member:
        if not self._zipped or self._file is None:
            return member
        place = data_place(self._file, member)
        if place is None:
            raise Unreadable(
                f"{member.name} in {self.name} is damaged: export it again, or take this file out"
            )
        return Member(member.name, place, member.packed, member.size, member.method, member.crc)


def read_archive(path: Path, read: Callable[[Archive], T]) -> T:
    """What `read` makes of the archive, which it closes some day; it is closed here if that fails."""
    archive = Archive(path, Problems())
    try:
        return read(archive)
    except BaseException:
        archive.close()
        raise

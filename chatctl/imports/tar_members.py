"""A tar, packed or not: unpacked once to a temporary file, because nothing in it can be reached but in
order."""

from __future__ import annotations

import tarfile
import zlib
from lzma import LZMAError
from typing import IO, BinaryIO, Final, Self

from chatctl.imports.export import Unreadable
from chatctl.imports.member_index import Member, MemberIndex
from chatctl.imports.member_stream import RATIO, SMALL
from chatctl.imports.problems import Problems

_PACKED: Final = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_MAGIC: Final = slice(257, 262)
_LONG: Final = (
    *(tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE),
    *(tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK),
)
_LONGEST_HEADER: Final = 256 * 1024
_PIECE: Final = 1024 * 1024


def is_tar(first: bytes, name: str) -> bool:
    if first[_MAGIC] == b"ustar":
        return True
    return first.startswith(_PACKED) and (".tar" in name or name.endswith((".tgz", ".tbz2", ".txz")))


class _Entry(tarfile.TarInfo):
    """A header may bring a longer one, which is read as a whole, whatever its size says. One that is damaged
    is none that ends the archive, nor does the archive end without its end."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(archive)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            raise
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(str(error)) from error

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type in _LONG and self.size > _LONGEST_HEADER:
            raise tarfile.HeaderError("its header is too long")
        if self.size < 0:
            raise tarfile.HeaderError("a member has less than no bytes")
        return super()._proc_member(archive)  # type: ignore[misc,no-any-return]


def spool_tar(
    source: BinaryIO, length: int, spool: IO[bytes], name: str, index: MemberIndex, problems: Problems
) -> None:
    """Puts the bytes of every file into the spool, and where they stand into the index."""
    most = max(SMALL, RATIO * length)
    try:
        with tarfile.open(fileobj=source, mode="r|*", errorlevel=1, tarinfo=_Entry) as tar:
            while (entry := tar.next()) is not None:
                tar.members.clear()  # type: ignore[attr-defined]  # it would keep all, which nobody here asks for
                if not entry.isreg():
                    if not entry.isdir():
                        index.skip(entry.name)
                    continue
                place = spool.tell()
                if place + entry.size > most:
                    raise Unreadable(f"{name} unpacks to more than {RATIO} times its size: unpack it by hand")
                try:
                    _copy(tar.extractfile(entry), spool)
                finally:
                    packed = spool.tell() - place
                    whole = packed == entry.size
                    index.add(Member(entry.name, place, packed, entry.size if whole else None))
    except (tarfile.TarError, EOFError, OSError, zlib.error, LZMAError) as error:
        problems.add("unreadable", f"{name}: it is cut off or damaged ({type(error).__name__})")


def _copy(source: IO[bytes] | None, spool: IO[bytes]) -> None:
    while source is not None and (piece := source.read(_PIECE)):
        spool.write(piece)

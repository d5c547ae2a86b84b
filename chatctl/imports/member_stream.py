"""The bytes of one member of a zip, unpacked as they are read.

What comes before damage or a cut is given first; then the reading fails. A member that unpacks to far more
than it has packed was made to fill disks, and fails too.
"""

from __future__ import annotations

import io
import os
import zlib
from typing import Final

from chatctl.imports.export import Unreadable
from chatctl.imports.member_index import Member

STORED: Final = 0
DEFLATED: Final = 8
RATIO: Final = 200  # unpacked to packed bytes, beyond which a member is refused
SMALL: Final = 4 * 1024 * 1024  # bytes that any member may have, however well packed
_PIECE: Final = 128 * 1024


class MemberStream(io.RawIOBase):
    def __init__(self, file: int, member: Member, where: str) -> None:
        super().__init__()
        self._file, self._member, self._where = file, member, where
        self._at, self._end = member.place, member.place + member.packed
        self._inflate = zlib.decompressobj(-15) if member.method == DEFLATED else None
        self._given = 0
        self._most = max(SMALL, RATIO * member.packed)
        self._crc = 0
        self._waiting = b""  # packed bytes that were read and not yet unpacked
        self._failure: Unreadable | None = None
        self._over = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        piece = self._next(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def _next(self, most: int) -> bytes:
        if self._failure is not None:
            raise self._failure
        if self._over or most == 0:
            return b""
        try:
            piece = self._unpacked(most)
        except (OSError, zlib.error) as error:
            raise self._fail("is damaged") from error
        self._given += len(piece)
        self._crc = zlib.crc32(piece, self._crc)
        if self._given > self._most:
            raise self._fail(f"unpacks to more than {RATIO} times its size")
        if not piece:
            self._over = True
            if self._member.size is None or self._given != self._member.size:
                raise self._fail("is cut off")
            if self._member.crc is not None and self._crc != self._member.crc:
                raise self._fail("is damaged")
        return piece

    def _unpacked(self, most: int) -> bytes:
        if self._inflate is None:
            return self._packed(most)
        while not self._inflate.eof:
            packed = self._waiting or self._packed(_PIECE)
            piece = self._inflate.decompress(packed, most)
            self._waiting = self._inflate.unconsumed_tail
            if piece or not packed:
                return piece
        return b""

    def _packed(self, most: int) -> bytes:
        piece = os.pread(self._file, min(most, self._end - self._at), self._at)
        self._at += len(piece)
        return piece

    def _fail(self, what: str) -> Unreadable:
        self._failure = Unreadable(f"{self._where} {what}: export it again, or take this file out")
        return self._failure

"""The collections of a dump: one file each, packed with gzip or not."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from typing import IO, Final, cast

from chatctl.imports.archive import Archive
from chatctl.imports.export import Unreadable
from chatctl.imports.member_stream import RATIO, SMALL
from chatctl.imports.rocketchat.bson import Document, NotBson, decode, documents

MESSAGES: Final = "rocketchat_message"


class Dump:
    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        base = archive.base(f"{MESSAGES}.bson", f"{MESSAGES}.bson.gz")
        if base is None:
            raise Unreadable(f"{archive.name} has no {MESSAGES}.bson: take what `mongodump --out` wrote")
        self.base = base

    def file(self, collection: str) -> str | None:
        for end in (".bson", ".bson.gz"):
            if f"{self.base}{collection}{end}" in self.archive:
                return f"{self.base}{collection}{end}"
        return None

    def open(self, name: str) -> io.BufferedReader:
        stream = self.archive.open(name)
        if not name.endswith(".gz"):
            return stream
        most = max(SMALL, RATIO * (self.archive.size(name) or 0))
        return io.BufferedReader(_Unpacked(stream, name, most), 1 << 18)

    def documents(self, collection: str, *wanted: str) -> Iterator[tuple[str, Document]]:
        """Place and wanted fields of each; nothing if the dump has no such collection."""
        name = self.file(collection)
        if name is None:
            return
        fields = frozenset(wanted)
        try:
            stream = self.open(name)
        except Unreadable as error:
            return self.archive.problems.add("unreadable", str(error))
        with stream:
            for number, raw in documents(stream, name, self.archive.problems):
                place = f"{name} document {number}"
                try:
                    yield place, decode(raw, fields)
                except NotBson:
                    self.archive.problems.add("unreadable", place)


class _Unpacked(io.RawIOBase):
    """What gzip has packed, up to a bound."""

    def __init__(self, packed: io.BufferedReader, name: str, most: int) -> None:
        self._packed = packed
        self._stream = gzip.GzipFile(fileobj=cast(IO[bytes], packed), mode="rb")
        self._name, self._left = name, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            piece = self._stream.read1(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise Unreadable(f"{self._name} is cut off or damaged") from error
        self._left -= len(piece)
        if self._left < 0:
            raise Unreadable(f"{self._name} unpacks to more than {RATIO} times its size")
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._stream.close()
        self._packed.close()
        super().close()

"""Files that MongoDB keeps in pieces (GridFS): where each piece stands, found when the first file is asked
for.

The pieces stay where they are if the dump is a folder. In a zip nothing can be reached but in order: from
there they go to a temporary file.
"""

from __future__ import annotations

import io
import sqlite3
import tempfile
from collections.abc import Iterator
from typing import Final

from chatctl.imports.export import Unreadable
from chatctl.imports.rocketchat.bson import NotBson, decode, documents
from chatctl.imports.rocketchat.dump import Dump
from chatctl.scratch_database import scratch_database

_FIELDS: Final = frozenset(("files_id", "n", "data"))
_PIECES: Final = 10_000_000  # of all files
_TABLE: Final = """
CREATE TABLE piece (file TEXT NOT NULL, number INTEGER NOT NULL, place INTEGER NOT NULL,
  size INTEGER NOT NULL, PRIMARY KEY (file, number)) WITHOUT ROWID"""


class Grid:
    """One bucket: `rocketchat_uploads` or `custom_emoji`."""

    def __init__(self, dump: Dump, bucket: str) -> None:
        self._dump = dump
        self._name = dump.file(f"{bucket}.chunks")
        self._bytes: io.BufferedReader | io.BufferedRandom | None = None
        self._database: sqlite3.Connection | None = None

    def size(self, file: str) -> int | None:
        """Bytes of a file; none if it is not here, or pieces of it are missing."""
        if self._name is None:
            return None
        rows = self._index().execute(
            "SELECT count(*), coalesce(max(number), 0), coalesce(sum(size), 0) FROM piece WHERE file = ?",
            (file,),
        )
        count, last, size = rows.fetchone()
        return int(size) if count == last + 1 else None

    def open(self, file: str) -> io.BufferedReader:
        if self.size(file) is None or self._bytes is None:
            raise Unreadable(f"the file {file} is not in the dump")
        pieces = self._index().execute(
            "SELECT place, size FROM piece WHERE file = ? ORDER BY number", (file,)
        )
        return io.BufferedReader(_Pieces(self._bytes, iter(pieces.fetchall())), 1 << 18)

    def close(self) -> None:
        if self._database is not None:
            self._database.close()
        if self._bytes is not None:
            self._bytes.close()

    def _index(self) -> sqlite3.Connection:
        if self._database is None:
            assert self._name is not None
            self._database = scratch_database(_TABLE)
            self._fill(self._database, self._name)
        return self._database

    def _fill(self, database: sqlite3.Connection, name: str) -> None:
        stream = self._dump.open(name)
        loose = stream.seekable()
        self._bytes = stream if loose else io.BufferedRandom(tempfile.TemporaryFile("w+b", 0))  # noqa: SIM115
        at = 0
        for number, raw in documents(stream, name, self._dump.archive.problems):
            begins, at = at, at + len(raw)
            if number > _PIECES:
                raise Unreadable(f"{name} has more than {_PIECES:,} pieces of files")
            try:
                piece = decode(raw, _FIELDS)
            except NotBson:
                self._dump.archive.problems.add("unreadable", f"{name} document {number}")
                continue
            file, order, data = piece.get("files_id"), piece.get("n"), piece.get("data")
            if not (isinstance(file, str) and isinstance(order, int) and isinstance(data, bytes)):
                continue
            place = begins + raw.rindex(data) if loose else self._bytes.tell()
            if isinstance(self._bytes, io.BufferedRandom):
                self._bytes.write(data)
            # A piece that stands twice is the same twice.
            database.execute("REPLACE INTO piece VALUES (?,?,?,?)", (file, order, place, len(data)))
        if not loose:
            stream.close()


class _Pieces(io.RawIOBase):
    def __init__(
        self, file: io.BufferedReader | io.BufferedRandom, pieces: Iterator[tuple[int, int]]
    ) -> None:
        self._file, self._pieces = file, pieces
        self._at = self._left = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while self._left == 0:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._at, self._left = piece
        self._file.seek(self._at)
        found = self._file.read(min(len(buffer), self._left))
        self._at += len(found)
        self._left -= len(found)
        buffer[: len(found)] = found
        return len(found)

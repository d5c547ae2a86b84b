"""Room at the end of the write-ahead log, so that a commit need not make the file longer.

A file system that keeps a journal waits for the disk once until what was written over something is there, and
twice for what was added to a file, since its new length has to be there as well (ext4: 2.1 flushes of the
disk's cache for a commit, and 1.1). So the file is longer than what stands in it, by zeros, which SQLite
takes for the end. It is made longer again when these are used up, and after it was emptied.
"""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Final

from chatd.store.ops.place import SIDE_FILES

LEAST: Final = 2**20  # bytes that are added,
MOST: Final = 2**22  # and at most: for as many the disk needs some milliseconds
ENOUGH: Final = 3 * 2**24  # bytes of a file that is long enough: SQLite begins it anew after a checkpoint
FREE: Final = 2**27  # bytes that others find on the disk; where there are less, nothing is added
AGAIN: Final = 60.0  # seconds until it is tried again


class Preallocation:
    """Of one database's write-ahead log. `due` is for trio's thread, `extend` for the database's."""

    def __init__(self, path: Path) -> None:
        self._file = f"{path.absolute()}{SIDE_FILES[0]}"
        self._size = 0  # bytes, as `extend` left it
        self._asked = False
        self._not_before = 0.0  # by the monotonic clock

    def due(self) -> bool:
        """Whether it is used up. `extend` must follow: until then it is not due again."""
        if self._asked:
            return False
        try:
            size = os.stat(self._file).st_size
        except OSError:
            return False
        self._asked = size not in (0, self._size) and size < ENOUGH and time.monotonic() >= self._not_before
        return self._asked

    def extend(self, connection: sqlite3.Connection | None) -> None:
        """Makes the file longer while nobody can write to it, if it is open. Where that fails, commits work
        without."""
        if connection is not None:
            try:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    self._size = _extended(self._file)
                finally:
                    connection.execute("ROLLBACK")
            except (sqlite3.Error, OSError):
                self._not_before = time.monotonic() + AGAIN
        self._asked = False  # last, since the other thread compares


def _extended(path: str) -> int:
    """The bytes that the file has then, on the disk. Raises OSError."""
    file = os.open(path, os.O_WRONLY)
    try:
        size, disk = os.fstat(file).st_size, os.fstatvfs(file)
        if disk.f_bavail * disk.f_frsize < FREE:
            raise OSError("the disk is nearly full")
        size += os.pwrite(file, bytes(min(max(size, LEAST), MOST)), size)
        os.fdatasync(file)
        return size
    finally:
        os.close(file)

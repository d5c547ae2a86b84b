"""The place of the database: whether the files that are open are those that stand at their paths.

An open file outlives its name. SQLite writes on into a file that was deleted, moved or replaced, and what it
acknowledges is gone with the process. So the files are known by device and inode, and looked at again. A
file that is written over keeps both; but the database shrinks only when it is compacted, and an older copy
is smaller. One that is not is noticed by the time of its last change: only checkpoints write to the file,
and they are ours. That is a hint and no proof, since other programs may checkpoint, too.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

Identity = tuple[int, int]  # device, inode

# bytes of a write-ahead log in which a commit may checkpoint by itself (see `open_writer`)
COMMITS_CHECKPOINT: Final = 16_384 * 4_096
SIDE_FILES: Final = ("-wal", "-shm")
NOT_THERE: Final = "the database file that is open is not the one at its path"


def drop_side_files(path: Path) -> None:
    """To be called before another database comes to this path, where there is none now: SQLite would read
    into it what the write-ahead log of the one before holds. Blocks, raises OSError."""
    for suffix in SIDE_FILES:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


class Place:
    """One for the open store. `lost` is cheap enough for before and after every commit: four system calls.

    It knows nothing until `learn`, and nothing while the file is being opened anew (`forget`).
    """

    def __init__(self, path: Path) -> None:
        self._path = str(path.absolute())
        self._folder = str(path.absolute().parent)
        self._log, self._index = (self._path + suffix for suffix in SIDE_FILES)
        self._known: dict[str, Identity] = {}
        self._size = 0  # bytes of the database file, the most there were
        self._changed: int | None = None  # when the database file was written to, by us; nanoseconds
        self._checkpoints = 0  # odd: one is under way
        self._shrinks = False  # it is being compacted,
        self._shrunk = False  # or was

    def learn(self) -> None:
        """Takes what stands at the paths for what is open. To be called right after it was opened."""
        files = (self._folder, self._path, self._log, self._index)
        self._known = {file: identity for file in files if (identity := _identity(file)) is not None}
        self._size = 0
        self._changed = _changed(self._path)

    def shrink(self) -> None:
        """From now on the file may become smaller."""
        self._shrinks, self._shrunk = True, False

    def shrunk(self) -> None:
        """Nothing more is taken out of it; the next checkpoint may still cut it off."""
        self._shrunk = True

    def settle(self, size: int) -> None:
        """It is as small as it will be, if it has this size."""
        with suppress(OSError):
            if self._shrinks and self._shrunk and os.stat(self._path).st_size == size:
                self._size, self._shrinks = size, False

    @contextmanager
    def checkpoint(self) -> Iterator[None]:
        """What changes the database file within is us. On the database's thread."""
        self._checkpoints += 1
        try:
            yield
        finally:
            if self._known:
                self._changed = _changed(self._path)
            self._checkpoints += 1

    def touched(self) -> str | None:
        """That another program has written to the database file since the last checkpoint, as the beginning
        of a sentence."""
        checkpoints, before = self._checkpoints, self._changed
        changed = _changed(self._path)
        try:
            unsure = os.stat(self._log).st_size >= COMMITS_CHECKPOINT
        except OSError:
            return None  # `lost` says more
        if unsure or checkpoints % 2 or checkpoints != self._checkpoints or None in (before, changed):
            return None
        if changed == before or self.lost() is not None:
            return None
        return f"another program has written to {self._path}"

    def forget(self) -> None:
        self._known = {}
        self._changed = None

    def lost(self) -> str | None:
        """Why a commit would not be in the file at the path, as the beginning of a sentence."""
        files = (self._path, self._log, self._index)
        return next((became for file in files if (became := self._became(file))), None) or self._shrank()

    def has_no_name(self) -> bool:
        """Whether the open file is at no path at all, and so ends with this process: it was deleted, and not
        moved, nor is it on a disk that is only not mounted any more."""
        for descriptor in os.listdir("/proc/self/fd"):
            with suppress(OSError):  # it was closed meanwhile
                found = os.fstat(int(descriptor))
                if (found.st_dev, found.st_ino) == self._known.get(self._path):
                    return found.st_nlink == 0
        return False

    def problem(self) -> str | None:
        """The same, and whatever else keeps the database from being written where it is."""
        if problem := self.lost():
            return problem
        if self._known and _is_read_only(self._folder):
            return f"the data folder {self._folder} is mounted read-only"
        return None

    def _shrank(self) -> str | None:
        if not self._known:
            return None
        before = self._size  # read first: the log's thread looks, too, and the file grows meanwhile
        try:
            size = os.stat(self._path).st_size
        except OSError:
            return f"{self._path} was deleted or moved"
        if self._shrinks:
            self._size = size
            return None
        if size < before and self._size == before:
            return f"{self._path} is smaller than it was: it was written over, or cut off"
        self._size = max(self._size, size)
        return None

    def _became(self, file: str) -> str | None:
        """What became of a file, if it is not the one that is open."""
        known = self._known.get(file)
        if known is None or (identity := _identity(file)) == known:
            return None
        if _identity(self._folder) is None:
            return f"the data folder {self._folder} is gone or was moved"
        return f"{file} was deleted or moved" if identity is None else f"{file} was replaced by another file"


def _identity(file: str) -> Identity | None:
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _changed(file: str) -> int | None:
    try:
        return os.stat(file).st_mtime_ns
    except OSError:
        return None


def _is_read_only(folder: str) -> bool:
    try:
        return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def narrow(folder: Path) -> str | None:
    """Takes from others the right to write in the data folder, which holds all secrets. Returns what the
    admin should hear of it."""
    mode = stat.S_IMODE(folder.stat().st_mode)
    others = mode & (stat.S_IWGRP | stat.S_IWOTH)
    if not others:
        return None
    try:
        folder.chmod(mode & ~others)
    except OSError:
        return f"others may write in the data folder {folder} (mode {mode:o}), and its owner must change that"
    return f"others could write in the data folder {folder} (mode {mode:o}); it is {mode & ~others:o} now"

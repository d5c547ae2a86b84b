"""Files that are no blobs yet: without a name where that is possible, else in a folder `staging`.

Nodes of a cluster that share the folder of blobs have such a folder each: whoever starts empties its own.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct

from chatd.durable import sync

STAGING: Final = "staging"
PRIVATE: Final = 0o600


class StagingFile(Struct, frozen=True):
    """An open file. `path`: its name, None when it has none."""

    descriptor: int
    path: Path | None = None

    def link(self, to: Path) -> None:
        """Gives it its name for good; that it is taken already is no error. Blocks, raises OSError.

        It keeps the name that it had, unless the file system gives a file one name only.
        """
        if self.path is not None:
            _link(self.path, to)
            return
        with contextlib.suppress(FileExistsError), _folder("/proc/self/fd") as descriptors:
            # Without `src_dir_fd` the link would be to the symbolic link in /proc itself: EXDEV.
            os.link(str(self.descriptor), to, src_dir_fd=descriptors, follow_symlinks=True)

    def close(self) -> None:
        os.close(self.descriptor)

    def drop(self) -> None:
        """Closes it; without a name for good it is gone. Blocks."""
        self.close()
        if self.path is not None:
            with contextlib.suppress(FileNotFoundError):
                self.path.unlink()


class Staging:
    """Makes such files below `folder`, on whose disk `own` is: there is what only this server looks at. Every
    call blocks and may raise OSError."""

    def __init__(self, folder: Path, own: Path) -> None:
        self.prepared = False
        self._folder = folder
        self._own = own
        self._named = own / STAGING
        self._nameless = True

    def prepare(self) -> None:
        """Makes the folder, tries what its file system can do, and removes what a killed server has left."""
        self._folder.mkdir(0o700, exist_ok=True)
        with contextlib.suppress(PermissionError):  # who may not look into what holds it cannot sync that
            sync(self._folder.parent)
        for folder in reversed(self._own.relative_to(self._folder).parents):
            (self._folder / folder).mkdir(0o700, exist_ok=True)
        self._own.mkdir(0o700, exist_ok=True)
        self._named.mkdir(0o700, exist_ok=True)
        for left in self._named.iterdir():
            left.unlink()
        self._nameless = self._can_link()
        self.prepared = True

    def new_file(self) -> StagingFile:
        if self._nameless:
            flags = os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC
            return StagingFile(os.open(self._folder, flags, PRIVATE))
        path = self._named / secrets.token_hex(16)
        flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC
        return StagingFile(os.open(path, flags, PRIVATE), path)

    def _can_link(self) -> bool:
        """Whether a file without a name can be had here, and a name be given to it: not on NFS and some FUSE
        file systems, and not without /proc."""
        probe = self._named / "probe"
        try:
            file = self.new_file()
            try:
                file.link(probe)
                probe.unlink()
            finally:
                file.drop()
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE):
                raise
            return False
        return True


def _link(path: Path, to: Path) -> None:
    try:
        os.link(path, to)
    except FileExistsError:
        pass
    except OSError:
        os.rename(path, to)


@contextlib.contextmanager
def _folder(path: str) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)

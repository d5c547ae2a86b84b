"""A scratch folder: it holds a copy of everything, so a command that was killed must not leave it for good.

It is locked for as long as it is used. The next command that makes one in the same place, and a server that
starts there, take away those that nobody uses any more.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir, mkdtemp
from typing import Final

RESTORING: Final = ".chatd-restore-"  # how the names of those begin that are in data folders
REHEARSING: Final = ".chatd-rehearsal-"


@contextmanager
def scratch_folder(prefix: str, place: Path | None) -> Iterator[Path]:
    """A new folder in `place`; without it, in that of temporary files. Raises OSError."""
    clear_left(prefix, place or Path(gettempdir()))
    path, folder = _made(prefix, place)
    try:
        yield path
    finally:
        rmtree(path, ignore_errors=True)
        os.close(folder)


def clear_left(prefix: str, place: Path) -> None:
    """Takes away those of this user that no process uses."""
    for left in place.glob(f"{prefix}*"):
        try:
            folder = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:  # it is somebody else's, or gone
            continue
        try:
            if os.fstat(folder).st_uid == os.geteuid():
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                rmtree(left, ignore_errors=True)
        except BlockingIOError:
            pass
        finally:
            os.close(folder)


def _made(prefix: str, place: Path | None) -> tuple[Path, int]:
    """The folder and what locks it. Whoever clears in between takes it away, and another one is made."""
    while True:
        path = Path(mkdtemp(prefix=prefix, dir=place))
        try:
            folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        fcntl.flock(folder, fcntl.LOCK_EX)
        if path.is_dir():
            return path, folder
        os.close(folder)

"""A scratch folder: it holds a copy of everything, so a command that was killed must not leave it for good.

It is locked for as long as it is used. The next command that makes one in the same place takes away those
that nobody uses any more.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, gettempdir


@contextmanager
def scratch_folder(prefix: str, place: Path | None) -> Iterator[Path]:
    """A new folder in `place`; without it, in that of temporary files. Raises OSError."""
    _clear(prefix, place or Path(gettempdir()))
    with TemporaryDirectory(prefix=prefix, dir=place) as name:
        folder = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield Path(name)
        finally:
            os.close(folder)


def _clear(prefix: str, place: Path) -> None:
    for left in place.glob(f"{prefix}*"):
        try:
            folder = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:  # it is somebody else's, or gone
            continue
        try:
            if os.fstat(folder).st_uid == os.getuid():
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                rmtree(left, ignore_errors=True)
        except BlockingIOError:
            pass
        finally:
            os.close(folder)

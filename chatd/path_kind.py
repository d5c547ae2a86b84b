"""What stands at a path.

From Python 3.14 on, `Path.exists` and its like say no where they may not look, as in a folder of somebody
else. These raise OSError there, so that nobody is told that something is missing which is there.
"""

from __future__ import annotations

import errno
import stat
from pathlib import Path
from typing import Final

_NOT_THERE: Final = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


def is_there(path: Path) -> bool:
    """Links are followed. Raises OSError where it cannot be told."""
    return _mode(path) is not None


def is_folder(path: Path) -> bool:
    """Links are followed. Raises OSError where it cannot be told."""
    mode = _mode(path)
    return mode is not None and stat.S_ISDIR(mode)


def is_file(path: Path) -> bool:
    """Whether it is a regular one; links are followed. Raises OSError where it cannot be told."""
    mode = _mode(path)
    return mode is not None and stat.S_ISREG(mode)


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except ValueError:  # a name with a zero byte
        return None
    except OSError as error:
        if error.errno in _NOT_THERE:
            return None
        raise

"""The files of a database that nobody has open, and of a copy that is not whole yet."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

PART: Final = ".part"  # behind the name of a copy that is not whole yet
_SIDES: Final = ("", "-journal", "-wal", "-shm")


def remove(file: Path) -> None:
    """A database, with what a killed program has left beside it. Blocks, raises OSError."""
    for side in _SIDES:
        file.with_name(file.name + side).unlink(missing_ok=True)


def remove_copy(target: Path) -> None:
    """A copy that is not wanted any more, and what of it a killed server has left, as far as that can be.
    Blocks."""
    for file in (target, target.with_name(target.name + PART)):
        with suppress(OSError):
            remove(file)

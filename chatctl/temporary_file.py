"""A file that has no name, for as long as a command needs it."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from chatctl.failure import Failed


@contextmanager
def temporary_file() -> Iterator[BinaryIO]:
    """Raises Failed where the disk is full."""
    try:
        with tempfile.TemporaryFile() as file:
            yield cast("BinaryIO", file)
    except OSError as error:
        if error.errno != errno.ENOSPC or error.filename is not None:
            raise
        full = f"the disk of {tempfile.gettempdir()} is full"
        raise Failed(f"{full}: make room on it, or name a folder elsewhere in TMPDIR") from error

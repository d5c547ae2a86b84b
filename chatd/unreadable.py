"""What a disk does not give any more: bytes on a bad block. The rest of the disk may be sound."""

from __future__ import annotations

import errno
from typing import Final

_BAD_BLOCK: Final = (errno.EIO, errno.EUCLEAN, errno.EBADMSG, errno.ENODATA)


def on_bad_block(error: BaseException | None) -> bool:
    """Whether an error, or what it came from, is the disk's answer for what was to be read."""
    while error is not None and not isinstance(error, OSError):
        error = error.__cause__
    return error is not None and error.errno in _BAD_BLOCK


def why(error: BaseException) -> str:
    """What the system says of it."""
    said = error.strerror if isinstance(error, OSError) else None
    return said or str(error)

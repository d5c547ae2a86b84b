"""Open files: every connection is one, and there can be none left.

Connections then wait in the kernel's queue until one is given back. The log says so once a minute; what is
open already goes on.
"""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Callable
from typing import Final

import trio

from chatd.log import log

AGAIN: Final = 0.1  # seconds after which a connection that waits is tried again
LASTS: Final = 10.0  # seconds for which a shortage counts after it was last met
SAID_AGAIN: Final = 60.0  # seconds after which the log may repeat itself
_SHORT: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class OpenFiles:
    """One for the server. `tell` hears of each shortage, with trio's time until which it counts as one."""

    def __init__(self, tell: Callable[[float], None] = lambda until: None) -> None:
        self._tell = tell
        self._quiet_until = float("-inf")

    def explain(self, error: BaseException) -> bool:
        """Whether the shortage is all that is behind the error; the admin is told then."""
        if isinstance(error, BaseExceptionGroup):
            return all(self.explain(one) for one in error.exceptions)
        if not is_short(error):
            return False
        now = trio.current_time()
        self._tell(now + LASTS)
        if now >= self._quiet_until:
            self._quiet_until = now + SAID_AGAIN
            limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
            mend = "raise LimitNOFILE above max_connections; new connections wait meanwhile"
            log.error("out_of_files", reason=_reason(error), limit=limit, mend=mend)
        return True


def is_short(error: BaseException) -> bool:
    """Whether the process or the machine had no file, or no memory for one."""
    return isinstance(error, OSError) and error.errno in _SHORT


def spare_file() -> int | None:
    """An open file for nothing but to be closed when there are no others."""
    try:
        return os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None


def _reason(error: BaseException) -> str:
    return os.strerror(error.errno or 0) if isinstance(error, OSError) else str(error)

"""Blocking calls for files: in threads of their own number, so that nobody else waits for a slow disk."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import Final, TypeVar

import trio

from chatd.ports import BlobsFull, BlobsUnavailable

THREADS: Final = 4  # calls at once; more wait
HOP: Final = 256 * 1024  # bytes that one call takes: smaller ones cost more, larger ones hold more memory
READ_HOP: Final = 1024 * 1024
T = TypeVar("T")

_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Threads:
    """Runs calls in threads and says what their errors mean."""

    def __init__(self, threads: int = THREADS) -> None:
        self._limiter = trio.CapacityLimiter(threads)

    async def run(self, call: Callable[..., T], *args: object) -> T:
        """Raises BlobsFull and BlobsUnavailable instead of OSError."""
        try:
            return await trio.to_thread.run_sync(call, *args, limiter=self._limiter)
        except OSError as error:
            raise unavailable(error) from error

    async def finish(self, call: Callable[..., object], *args: object) -> None:
        """Runs it also when the task was cancelled: it gives back what would be lost otherwise."""
        with trio.CancelScope(shield=True):
            await self.run(call, *args)


def unavailable(error: OSError) -> BlobsUnavailable:
    """What the system's refusal means for who stores a file."""
    why = error.strerror or str(error)
    if error.errno in _FULL:
        return BlobsFull(why)
    return BlobsUnavailable(why)

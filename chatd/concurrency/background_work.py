"""Work that can wait: on a thread of its own, a portion at a time, with what processor time the others leave.

A low priority alone does not keep it out of the way: a commit wakes several threads one after another, here
and in the kernel, and each of them may find the processor taken until the next tick. So where others are at
work, this pauses between its portions.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, suppress
from typing import Final, ParamSpec, TypeVar

import trio

NICE: Final = 10
BUSY: Final = 0.05  # of a processor: what the rest of this process takes when it is at work
RESTS: Final = 2.0  # times as long as a portion took
LONGEST_REST: Final = 0.05  # seconds

P = ParamSpec("P")
T = TypeVar("T")
Clocks = tuple[float, float, float]  # seconds: by the clock, of this thread, of all of this process


class Stopped(Exception):
    """Nobody waits for this work any more."""


def lower_priority() -> None:
    """For the rest of this thread's life: a thread that is used for other things must not call it."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


def write_behind(file: int, start: int = 0, length: int = 0) -> None:
    """Has the system begin to write to the disk what stands there (`length` 0: to the end), and then forget
    it. What gathers in memory would go to the disk all at once, and each commit meanwhile wait behind it."""
    os.posix_fadvise(file, start, length, os.POSIX_FADV_DONTNEED)


def _clocks() -> Clocks:
    return time.monotonic(), time.thread_time(), time.process_time()


class Pacer:
    """The pace of one thread that does such work. `rests`: times as long as a portion took."""

    def __init__(self, rests: float = RESTS, clocks: Callable[[], Clocks] = _clocks) -> None:
        self._rests = rests
        self._clocks = clocks
        self._stopped = threading.Event()
        self._before: Clocks | None = None

    def stop(self) -> None:
        """From any thread."""
        self._stopped.set()

    def rest(self) -> None:
        """To be called between two portions, which take a millisecond or so. Raises Stopped."""
        if self._before is not None:
            took, own, all_ = (now - then for now, then in zip(self._clocks(), self._before, strict=True))
            if all_ - own > BUSY * took:
                self._stopped.wait(min(self._rests * took, LONGEST_REST))
        if self._stopped.is_set():
            raise Stopped
        self._before = self._clocks()


class BackgroundThread:
    """A thread for such work. What it runs calls `rest` now and then."""

    def __init__(self, thread: ThreadPoolExecutor) -> None:
        self._thread = thread
        self._pace = Pacer()
        self.rest = self._pace.rest

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Who is cancelled waits until the function has ended, at its next rest."""
        done, token = trio.Event(), trio.lowlevel.current_trio_token()
        future: Future[T] = self._thread.submit(function, *args, **kwargs)
        future.add_done_callback(lambda _: token.run_sync_soon(done.set))
        try:
            await done.wait()
        finally:
            if not done.is_set():
                self._pace.stop()
                with trio.CancelScope(shield=True):
                    await done.wait()
        return future.result()

    @asynccontextmanager
    async def within(self, context: AbstractContextManager[T]) -> AsyncIterator[T]:
        """Enters and leaves it there. Who is cancelled before it was entered ends that, at its next rest."""
        stack = ExitStack()
        try:
            yield await self.run(stack.enter_context, context)
        finally:
            with trio.CancelScope(shield=True):
                await self.run(stack.close)


@asynccontextmanager
async def background_thread(name: str) -> AsyncIterator[BackgroundThread]:
    with ThreadPoolExecutor(1, name, lower_priority) as thread:
        yield BackgroundThread(thread)

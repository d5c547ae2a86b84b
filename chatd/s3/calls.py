"""Calls of the library for S3. It waits as long as it likes and cannot be interrupted, so each call has a
thread of its own: who does not wait any more leaves it alone, and it keeps no process from ending.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeVar

import trio

T = TypeVar("T")


def begin(call: Callable[..., T], *args: object) -> Future[T]:
    """Starts it, from any thread."""
    future: Future[T] = Future()
    future.set_running_or_notify_cancel()
    threading.Thread(target=_carry_out, args=(future, call, args), name="s3", daemon=True).start()
    return future


def _carry_out(future: Future[T], call: Callable[..., T], args: tuple[object, ...]) -> None:
    try:
        future.set_result(call(*args))
    except BaseException as error:
        future.set_exception(error)


class Calls:
    """Those of trio's tasks, so many at once; more wait."""

    def __init__(self, at_once: int) -> None:
        self._limiter = trio.CapacityLimiter(at_once)

    async def run(self, call: Callable[..., T], *args: object, patience: float = 0.0) -> T:
        """Who is cancelled waits for its end for `patience` seconds. One that was left alone counts until it
        has ended."""
        future, done = await self._begun(call, *args)
        try:
            await done.wait()
        except trio.Cancelled:
            with trio.move_on_after(patience, shield=True):
                await done.wait()
            raise
        return future.result()

    async def _begun(self, call: Callable[..., T], *args: object) -> tuple[Future[T], trio.Event]:
        borrower, done, token = object(), trio.Event(), trio.lowlevel.current_trio_token()
        await self._limiter.acquire_on_behalf_of(borrower)

        def ended() -> None:
            self._limiter.release_on_behalf_of(borrower)
            done.set()

        def tell(_: Future[T]) -> None:
            with suppress(trio.RunFinishedError):  # nobody is left to be told
                token.run_sync_soon(ended)

        try:
            future = begin(call, *args)
        except BaseException:
            self._limiter.release_on_behalf_of(borrower)
            raise
        future.add_done_callback(tell)
        return future, done

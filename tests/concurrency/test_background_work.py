"""Work that can wait gives way to the rest of the process, and ends when nobody waits for it any more."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import trio

from chatd.concurrency.background_work import (
    LONGEST_REST,
    NICE,
    BackgroundThread,
    Pacer,
    Stopped,
    background_thread,
)


def rested(took: float, own: float, all_: float) -> float:
    """Seconds of rest, in which the clocks stand, after a portion that took so much of each of them."""
    clocks = iter([(0.0, 0.0, 0.0), (took, own, all_), (took, own, all_)])
    pace = Pacer(rests=2.0, clocks=lambda: next(clocks))
    waits: list[float] = []
    pace._stopped.wait = waits.append  # type: ignore[assignment]
    pace.rest()
    pace.rest()
    return sum(waits)


def test_background_work_rests_by_how_long_it_worked_where_others_work() -> None:
    assert rested(took=0.002, own=0.001, all_=0.002) == 0.004


def test_background_work_does_not_rest_where_nobody_else_works() -> None:
    assert rested(took=0.002, own=0.002, all_=0.00205) == 0


def test_no_rest_is_long() -> None:
    assert rested(took=30.0, own=1.0, all_=20.0) == LONGEST_REST


def test_who_is_stopped_ends_at_the_next_rest() -> None:
    pace = Pacer()
    pace.rest()
    pace.stop()
    with pytest.raises(Stopped):
        pace.rest()


async def test_background_work_has_one_thread_of_a_low_priority() -> None:
    async with background_thread("test") as thread:
        nice = await thread.run(lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        names = {await thread.run(lambda: threading.current_thread().name) for _ in range(3)}
    assert nice >= NICE
    assert len(names) == 1
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) < NICE


async def test_what_it_raises_is_raised() -> None:
    async with background_thread("test") as thread:
        with pytest.raises(ZeroDivisionError):
            await thread.run(lambda: 1 // 0)


async def test_who_is_cancelled_ends_it() -> None:
    began = threading.Event()

    async def work(thread: BackgroundThread) -> None:
        def forever() -> None:
            while True:
                began.set()
                thread.rest()

        await thread.run(forever)

    async with background_thread("test") as thread, trio.open_nursery() as nursery:
        nursery.start_soon(work, thread)
        await trio.to_thread.run_sync(began.wait)
        nursery.cancel_scope.cancel()


async def test_what_was_entered_there_is_left_there_whatever_comes() -> None:
    seen = []

    @contextmanager
    def place() -> Iterator[str]:
        seen.append(threading.get_ident())
        try:
            yield "inside"
        finally:
            seen.append(threading.get_ident())

    async def fail(thread: BackgroundThread) -> None:
        async with thread.within(place()) as where:
            assert where == "inside"
            await thread.run(lambda: 1 // 0)

    async with background_thread("test") as thread:
        with pytest.raises(ZeroDivisionError):
            await fail(thread)
    assert len(seen) == 2
    assert len(set(seen)) == 1
    assert threading.get_ident() not in seen


async def test_who_is_cancelled_while_it_is_entered_ends_that() -> None:
    began = threading.Event()
    ended = []

    @contextmanager
    def place(thread: BackgroundThread) -> Iterator[None]:
        try:
            for _ in range(100):
                began.set()
                thread.rest()
                trio.from_thread.run(trio.sleep, 0.01, trio_token=token)
            ended.append("entered")
            yield
        except Stopped:
            ended.append("stopped")
            raise

    async def work(thread: BackgroundThread) -> None:
        async with thread.within(place(thread)):
            pass

    token = trio.lowlevel.current_trio_token()
    async with background_thread("test") as thread, trio.open_nursery() as nursery:
        nursery.start_soon(work, thread)
        await trio.to_thread.run_sync(began.wait)
        nursery.cancel_scope.cancel()
    assert ended == ["stopped"]

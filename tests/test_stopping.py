"""Who ends the server: a signal, what runs in it, or a loop that broke and may leave nobody to end it."""

from __future__ import annotations

import signal
from collections.abc import Awaitable, Callable

import pytest
import trio

from chatd.process.stopping import BROKEN, stop_asked


@pytest.fixture
def given_up(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """After how many seconds the process ends, whatever it waits for."""
    seconds: list[int] = []
    monkeypatch.setattr(signal, "alarm", seconds.append)
    return seconds


async def break_the_loop() -> None:
    def fail() -> None:
        raise MemoryError

    trio.lowlevel.current_trio_token().run_sync_soon(fail)
    try:
        await trio.sleep_forever()
    finally:
        with trio.CancelScope(shield=True):  # it does not end at once, as what waits for a thread does not
            for _ in range(9):
                await trio.lowlevel.checkpoint()


async def fail() -> None:
    raise ZeroDivisionError


async def serve(what: Callable[[], Awaitable[None]]) -> None:
    async with stop_asked():
        await what()


def test_a_server_whose_loop_broke_ends_whatever_it_waits_for(given_up: list[int]) -> None:
    with pytest.raises(trio.TrioInternalError):
        trio.run(serve, break_the_loop)
    assert given_up == [BROKEN]


def test_one_that_ends_by_itself_has_all_the_time_that_it_takes(given_up: list[int]) -> None:
    trio.run(serve, trio.lowlevel.checkpoint)
    with pytest.raises(ExceptionGroup):
        trio.run(serve, fail)
    assert given_up == []

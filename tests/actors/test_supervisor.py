"""Crashes are answered, retried with growing delay, and given up loudly."""

from __future__ import annotations

import pytest
import trio

from chatd.actors.runtime.supervisor import RESTARTS, GaveUp, supervise


class Crasher:
    """Crashes `times` times, then stops."""

    name = "crasher"

    def __init__(self, times: int) -> None:
        self.restarts = 0
        self.healthy = False
        self.left = times
        self.failures: list[bool] = []
        self.at: list[float] = []

    async def run(self) -> None:
        self.at.append(trio.current_time())
        if self.left:
            self.left -= 1
            raise RuntimeError("crash")

    def failed(self, given_up: bool) -> None:
        self.failures.append(given_up)


async def test_a_crashed_actor_is_started_again_after_a_growing_delay(
    autojump_clock: trio.testing.MockClock,
) -> None:
    actor = Crasher(3)
    await supervise(actor)
    assert actor.restarts == 3
    assert actor.failures == [False] * 3
    delays = [after - before for before, after in zip(actor.at, actor.at[1:], strict=False)]
    assert delays == sorted(delays)
    assert delays[0] > 0


async def test_an_actor_that_keeps_crashing_is_given_up(autojump_clock: trio.testing.MockClock) -> None:
    actor = Crasher(1000)
    await supervise(actor)
    assert actor.failures == [False] * RESTARTS + [True]


async def test_a_vital_actor_takes_the_server_down() -> None:
    with pytest.raises(GaveUp):
        await supervise(Crasher(1), vital=True)

"""The database watch and the clock watch: what an admin is told, once, and when it is over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import pytest
import trio
from trio.testing import MockClock

from chatd.actors.workers.clock_watch import ClockWatch
from chatd.actors.workers.database_watch import DatabaseWatch
from chatd.actors.workers.health import Health
from chatd.log import log
from chatd.ports import PutLatestTime, StoreUnavailable

NOON = 1_800_000_000_000
DAY = 86_400_000


@attrs.define
class Disk:
    problem: str | None = None
    written: str | None = None

    def misplaced(self) -> str | None:
        return self.problem

    def touched(self) -> str | None:
        return self.written


@attrs.define
class LogOf:
    """Whose disk is gone while `newest` is None."""

    newest: int | None = 0

    async def newest_at(self) -> int:
        if self.newest is None:
            raise StoreUnavailable("no disk")
        return self.newest

    async def write(self, put: PutLatestTime) -> None:
        self.newest = max(await self.newest_at(), put.at)


@attrs.define
class Clocks:
    """Two clocks of one machine; `set` moves the one that people can set."""

    began: float = attrs.Factory(trio.current_time)
    shift: int = 0

    def steady(self) -> int:
        return int((trio.current_time() - self.began) * 1000)

    def wall(self) -> int:
        return NOON + self.steady() + self.shift


@pytest.fixture
def said() -> Iterator[list[Any]]:
    with log.captured() as lines:
        yield lines


def events(said: list[Any]) -> list[str]:
    return [line["event"] for line in said]


async def test_a_missing_database_is_told_within_a_second_and_once(
    autojump_clock: MockClock, nursery: trio.Nursery, said: list[Any]
) -> None:
    health, disk = Health(), Disk()
    store: Any = disk
    nursery.start_soon(DatabaseWatch(store, health).run)
    await trio.sleep(5)
    assert (health.ready, health.problems, said) == (True, [], [])
    disk.problem = "chatd.db was deleted or moved"
    await trio.sleep(1)
    assert not health.ready
    assert health.problems[0].startswith(disk.problem)
    await trio.sleep(60)
    assert events(said) == ["database_misplaced"]
    disk.problem = None
    await trio.sleep(1)
    assert health.ready
    assert events(said) == ["database_misplaced", "database_back"]
    nursery.cancel_scope.cancel()


async def test_a_file_that_another_program_wrote_to_is_told_once_and_stays_a_finding(
    autojump_clock: MockClock, nursery: trio.Nursery, said: list[Any]
) -> None:
    """What is wrong with it does not end when it is written to again."""
    health, disk = Health(), Disk()
    store: Any = disk
    nursery.start_soon(DatabaseWatch(store, health).run)
    await trio.sleep(5)
    assert health.problems == []
    disk.written = "another program has written to chatd.db"
    await trio.sleep(1)
    disk.written = None
    await trio.sleep(60)
    assert events(said) == ["database_touched"]
    assert "chatctl server verify" in health.problems[0]
    assert health.ready, "it is a hint and no proof"
    nursery.cancel_scope.cancel()


async def test_a_clock_that_is_set_is_told_until_it_has_caught_up(
    autojump_clock: MockClock, nursery: trio.Nursery, said: list[Any]
) -> None:
    clocks, health = Clocks(), Health()
    reader: Any = LogOf()
    nursery.start_soon(ClockWatch(reader, reader.write, health, clocks.wall, clocks.steady).run)
    await trio.sleep(10)
    clocks.shift = -500  # as a clock is disciplined
    await trio.sleep(10)
    assert (health.problems, said) == ([], [])
    clocks.shift = -3_600_000
    await trio.sleep(1.5)
    assert events(said) == ["clock_went_back"]
    assert said[0]["seconds"] in (3599, 3600)
    assert "the clock went back" in health.problems[0]
    assert health.ready, "it is no reason to send people away"
    await trio.sleep(3_500)
    assert health.problems
    await trio.sleep(110)
    assert health.problems == []
    clocks.shift = DAY
    await trio.sleep(1.5)
    assert events(said) == ["clock_went_back", "clock_went_ahead"]
    assert health.problems == []
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize(
    ("newest", "told"),
    [(NOON + DAY, ["clock_went_back"]), (NOON - DAY, []), (0, []), (None, ["cannot_read_log"])],
)
async def test_the_newest_event_tells_what_the_clock_was_before_the_start(
    autojump_clock: MockClock, nursery: trio.Nursery, said: list[Any], newest: int | None, told: list[str]
) -> None:
    clocks, health = Clocks(), Health()
    reader: Any = LogOf(newest)
    nursery.start_soon(ClockWatch(reader, reader.write, health, clocks.wall, clocks.steady).run)
    await trio.sleep(5)
    assert events(said) == told
    assert bool(health.problems) is ("clock_went_back" in told)
    nursery.cancel_scope.cancel()


async def test_a_restart_does_not_forget_that_the_clock_went_back(
    autojump_clock: MockClock, said: list[Any]
) -> None:
    """Nothing was logged at the wrong time, or something was logged since."""
    clocks, memory = Clocks(shift=DAY), LogOf()
    reader: Any = memory
    for disk_fails in (True, False):
        memory.newest = 0
        async with trio.open_nursery() as first_life:
            clocks.shift = DAY
            first_life.start_soon(ClockWatch(reader, reader.write, Health(), clocks.wall, clocks.steady).run)
            await trio.sleep(3)
            if disk_fails:
                memory.newest = None
            clocks.shift = 0
            await trio.sleep(3)
            if disk_fails:
                memory.newest = 0
                await trio.sleep(3)
            first_life.cancel_scope.cancel()
        health = Health()
        async with trio.open_nursery() as second_life:
            second_life.start_soon(ClockWatch(reader, reader.write, health, clocks.wall, clocks.steady).run)
            await trio.sleep(3)
            assert "the clock went back" in health.problems[0]
            assert said[-1]["since"] == "before the start"
            clocks.shift = DAY + 60_000
            await trio.sleep(3)
            assert health.problems == []
            second_life.cancel_scope.cancel()

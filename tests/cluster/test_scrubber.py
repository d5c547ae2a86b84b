"""A node looks along its own log again and again, and at once when somebody else has written to its file."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trio
from store_facts import Pen, Sheet
from trio.testing import MockClock

from chatd.cluster.scrubber import LOOK, SCRUB_EVERY, Broken, Scrubber
from chatd.ports import Append, PutLatestTime, StoreUnavailable
from chatd.store.database import open_store


class File:
    """Of a database; `slow`: seconds that a look through it takes."""

    def __init__(self) -> None:
        self.writes: int | None = 1
        self.slow = 0.0
        self.asked = 0
        self.broken = False

    async def ask(self, _: Any) -> None:
        self.asked += 1
        await trio.sleep(self.slow)
        if self.broken:
            raise StoreUnavailable("no")

    async def foreign_writes(self) -> int | None:
        await trio.lowlevel.checkpoint()
        return self.writes


@asynccontextmanager
async def scrubbing(file: File) -> AsyncIterator[Scrubber]:
    scrubber = Scrubber(file.ask, file.foreign_writes)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(scrubber.run)
        await trio.sleep(file.slow + 0.1)
        yield scrubber
        nursery.cancel_scope.cancel()


async def test_the_scrubber_rests_longer_the_longer_a_look_takes(autojump_clock: MockClock) -> None:
    file = File()
    async with scrubbing(file) as scrubber:
        await trio.sleep(3 * SCRUB_EVERY)
        assert scrubber.passes in (3, 4)
    file.slow = 60
    async with scrubbing(file) as scrubber:
        await trio.sleep(600)
        assert scrubber.passes == 1


async def test_the_scrubber_looks_at_once_when_somebody_else_has_written(autojump_clock: MockClock) -> None:
    file = File()
    file.slow = 60
    async with scrubbing(file) as scrubber:
        await trio.sleep(2)
        file.writes = 2
        await trio.sleep(61 + LOOK)
        assert scrubber.passes == 2
        await trio.sleep(300)
        assert scrubber.passes == 2  # once


async def test_a_file_that_is_opened_anew_is_not_one_that_was_written(autojump_clock: MockClock) -> None:
    file = File()
    file.slow = 60
    async with scrubbing(file) as scrubber:
        for writes in (None, 7):
            await trio.sleep(2)
            file.writes = writes
        await trio.sleep(300)
        assert scrubber.passes == 1


async def test_a_store_that_cannot_be_read_is_looked_through_later(autojump_clock: MockClock) -> None:
    file = File()
    file.broken = True
    async with scrubbing(file) as scrubber:
        await trio.sleep(300)
        assert (scrubber.passes, file.asked > 3, file.asked < 30) == (0, True, True)
        file.broken = False
        await trio.sleep(120)
        assert scrubber.passes > 0


async def test_the_store_tells_own_writes_from_those_of_others(tmp_path: Path) -> None:
    async with open_store(tmp_path / "data") as store:
        before = await store.foreign_writes()
        await store.log.submit([Append(writes=(PutLatestTime(7),))]).wait()
        await store.log.checkpoint()
        assert await store.foreign_writes() == before
        other = sqlite3.connect(store.path)
        other.execute("SELECT count(*) FROM events").fetchone()
        assert await store.foreign_writes() == before
        with other:
            other.execute("CREATE TABLE strange (a)")
        other.close()
        assert await store.foreign_writes() != before


@pytest.mark.parametrize(
    "change", ["UPDATE events SET at = at + 1 WHERE position = 4", "UPDATE body_rows SET text = text || '!'"]
)
async def test_an_event_or_a_text_that_was_changed_is_found(autojump_clock: MockClock, change: str) -> None:
    sheet = Sheet()
    sheet.write(*Pen().village())

    async def ask(question: Callable[[sqlite3.Connection], Any]) -> Any:
        return question(sheet.connection)

    scrubber = Scrubber(ask, File().foreign_writes)
    with trio.move_on_after(SCRUB_EVERY / 2):
        await scrubber.run()
    sheet.connection.execute(change)
    with pytest.raises(Broken), trio.fail_after(3 * SCRUB_EVERY):
        await scrubber.run()

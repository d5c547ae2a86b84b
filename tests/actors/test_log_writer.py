"""The log writer: what a commit takes of what waits. Its log commits when the test says so."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import attrs
import trio
import trio.testing

from chatd.actors.runtime.log_writer import PATIENT, LogWriter
from chatd.domain.event import Fact
from chatd.ports import Append, Appended, ImportOpen, Show, StoreUnavailable


@attrs.define(eq=False)
class HeldCommit:
    appends: Sequence[Append]
    may: trio.Event = attrs.Factory(trio.Event)

    async def wait(self) -> list[Appended]:
        await self.may.wait()
        return [Appended(()) for _ in self.appends]

    def publish(self) -> None:
        """Nobody looks on."""


@attrs.define
class HeldLog:
    commits: list[HeldCommit] = attrs.Factory(list)

    def follow(self, show: Show) -> None:
        """Nobody looks on."""

    def submit(self, appends: Sequence[Append]) -> HeldCommit:
        self.commits.append(HeldCommit(appends))
        return self.commits[-1]

    @property
    def streams(self) -> list[list[str]]:
        """What stands in each of the commits."""
        return [[append.facts[0].stream for append in commit.appends] for commit in self.commits]


@asynccontextmanager
async def writing(*appends: Append) -> AsyncIterator[HeldLog]:
    """While the first is under way the others come to wait; then commits go as they are submitted."""
    log = HeldLog()
    writer = LogWriter(log)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(writer.run)
        for append in appends:
            nursery.start_soon(writer.append, append)
            await trio.testing.wait_all_tasks_blocked()
        yield log
        writer.mailbox.close()


def one(stream: str, facts: int = 1, *, imported: bool = False) -> Append:
    said = tuple(Fact(stream, seq, "message.posted", 1, "ann", {}) for seq in range(1, facts + 1))
    return Append(said, conditions=(ImportOpen("i"),) if imported else ())


def batch(stream: str) -> Append:
    return one(stream, PATIENT + 1, imported=True)


async def commit_all(log: HeldLog) -> None:
    for commit in log.commits:  # which grows meanwhile
        commit.may.set()
        await trio.testing.wait_all_tasks_blocked()


async def test_all_that_waits_is_one_commit() -> None:
    async with writing(one("room/a"), one("room/b", 500), one("room/c", imported=True)) as log:
        await commit_all(log)
        assert log.streams == [["room/a"], ["room/b", "room/c"]]


async def test_a_batch_of_an_import_lets_go_first_what_came_with_it() -> None:
    async with writing(one("room/a"), batch("room/b"), one("room/c")) as log:
        await commit_all(log)
        assert log.streams == [["room/a"], ["room/c"], ["room/b"]]


async def test_one_batch_goes_into_a_commit() -> None:
    async with writing(one("room/a"), batch("room/b"), batch("room/c")) as log:
        await commit_all(log)
        assert log.streams == [["room/a"], ["room/b"], ["room/c"]]


async def test_a_batch_waits_for_others_once() -> None:
    log = HeldLog()
    writer = LogWriter(log)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(writer.run)
        for append in (one("room/a"), batch("room/b"), one("room/c")):
            nursery.start_soon(writer.append, append)
            await trio.testing.wait_all_tasks_blocked()
        log.commits[0].may.set()
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(writer.append, one("room/d"))
        await trio.testing.wait_all_tasks_blocked()
        await commit_all(log)
        assert log.streams == [["room/a"], ["room/c"], ["room/d", "room/b"]]
        writer.mailbox.close()


async def test_a_batch_that_waits_is_told_when_the_writer_crashes() -> None:
    log = HeldLog()
    writer = LogWriter(log)
    told: list[str] = []

    async def append(append: Append) -> None:
        try:
            await writer.append(append)
        except StoreUnavailable:
            told.append(append.facts[0].stream)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(writer.run)
        for each in (one("room/a"), batch("room/b"), batch("room/c")):
            nursery.start_soon(append, each)
            await trio.testing.wait_all_tasks_blocked()
        log.commits[0].may.set()
        await trio.testing.wait_all_tasks_blocked()
        writer.failed(given_up=True)
        await trio.testing.wait_all_tasks_blocked()
        assert sorted(told) == ["room/b", "room/c"]
        nursery.cancel_scope.cancel()

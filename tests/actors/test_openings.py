"""Sessions are opened some at a time, addresses take turns, and newcomers let a commit go first."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from chatd.actors.runtime.door import PATIENCE, Door
from chatd.actors.runtime.log_writer import LogWriter
from chatd.actors.workers.openings import TOGETHER, Openings
from chatd.ports import Append, Appended, OpeningQuestion, OpeningRows, StoreUnavailable


class Store:
    """A reader that answers, and a log that commits, when told to."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.broken = False
        self.go_on = trio.Semaphore(0)
        self.on_disk = trio.Event()

    async def openings(self, questions: Sequence[OpeningQuestion]) -> list[OpeningRows]:
        self.asked.append([question.account for question in questions])
        await self.go_on.acquire()
        if self.broken:
            raise StoreUnavailable("gone")
        return [rows(question.account) for question in questions]

    def submit(self, appends: Sequence[Append]) -> Store:
        return self

    def publish(self) -> None:
        pass

    async def wait(self) -> list[Appended]:
        await self.on_disk.wait()
        return [Appended(())]


def rows(account: str) -> OpeningRows:
    return OpeningRows(None, {"id": account}, None, (), (), (), (), (), (), None, None, 0)


class Hall:
    def __init__(self, nursery: trio.Nursery) -> None:
        self.store = Store()
        self.writer = LogWriter(self.store)  # type: ignore[arg-type]
        self.openings = Openings(self.store, Door(self.writer))
        self.nursery = nursery
        self.opened: list[str] = []
        self.refused: list[str] = []

    async def come(self, address: str, account: str) -> None:
        try:
            found = await self.openings.read(address, OpeningQuestion(account, "phone", None))
        except StoreUnavailable:
            self.refused.append(account)
            return
        assert found.account is not None
        self.opened.append(found.account["id"])

    async def all_come(self, *people: tuple[str, str]) -> None:
        for address, account in people:
            self.nursery.start_soon(self.come, address, account)
            await wait_all_tasks_blocked()


@pytest.fixture
async def hall() -> AsyncIterator[Hall]:
    async with trio.open_nursery() as nursery:
        hall = Hall(nursery)
        nursery.start_soon(hall.openings.run)
        nursery.start_soon(hall.writer.run)
        yield hall
        nursery.cancel_scope.cancel()


async def test_those_who_come_meanwhile_are_asked_about_together(hall: Hall) -> None:
    await hall.all_come(*(("a", str(number)) for number in range(TOGETHER + 3)))
    assert hall.store.asked == [["0"]]
    hall.store.go_on.release()
    await wait_all_tasks_blocked()
    assert hall.opened == ["0"]
    assert hall.store.asked[1] == [str(number) for number in range(1, TOGETHER + 1)]
    for _ in range(2):
        hall.store.go_on.release()
        await wait_all_tasks_blocked()
    assert sorted(hall.opened, key=int) == [str(number) for number in range(TOGETHER + 3)]


async def test_who_comes_from_elsewhere_does_not_wait_behind_a_crowd(hall: Hall) -> None:
    await hall.all_come(*(("crowded", str(number)) for number in range(3 * TOGETHER)), ("quiet", "ann"))
    hall.store.go_on.release()
    await wait_all_tasks_blocked()
    assert "ann" in hall.store.asked[1]
    assert len(hall.store.asked[1]) == TOGETHER


async def test_everybody_is_answered_when_the_store_is_gone_and_asks_again(hall: Hall) -> None:
    await hall.all_come(("a", "ann"), ("b", "bob"))
    hall.store.broken = True
    for _ in range(2):
        hall.store.go_on.release()
        await wait_all_tasks_blocked()
    assert hall.refused == ["ann", "bob"]
    hall.store.broken = False
    hall.store.go_on.release()
    await hall.all_come(("a", "ann"))
    assert hall.opened == ["ann"]


async def test_all_who_wait_are_answered_when_the_actor_is_given_up() -> None:
    async with trio.open_nursery() as nursery:
        hall = Hall(nursery)
        await hall.all_come(("a", "ann"), ("b", "bob"))
        hall.openings.failed(given_up=True)
        await hall.all_come(("a", "cy"))
        await wait_all_tasks_blocked()
        assert sorted(hall.refused) == ["ann", "bob", "cy"]


async def test_newcomers_let_a_commit_go_first(hall: Hall) -> None:
    hall.nursery.start_soon(hall.writer.append, Append())
    await wait_all_tasks_blocked()
    await hall.all_come(("a", "ann"))
    assert hall.store.asked == []
    hall.store.on_disk.set()
    await wait_all_tasks_blocked()
    assert hall.store.asked == [["ann"]]


async def test_newcomers_do_not_wait_long_for_a_disk_that_is_slow(hall: Hall, mock_clock: MockClock) -> None:
    hall.nursery.start_soon(hall.writer.append, Append())
    await wait_all_tasks_blocked()
    await hall.all_come(("a", "ann"))
    mock_clock.jump(PATIENCE)
    await wait_all_tasks_blocked()
    assert hall.store.asked == [["ann"]]

"""Posts that come while a commit is under way: decided together for the next one, and never lost."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trio
from actor_world import World

from chatd.actors.runtime import stream_actor as streams
from chatd.contract.account import CreateAccount
from chatd.contract.errors import Refusal
from chatd.contract.message import Posted
from chatd.contract.read import MarkRead
from chatd.contract.room import LeaveRoom


class SlowDisk:
    """Lets commits through one by one."""

    def __init__(self) -> None:
        self.commits = 0
        self.began = threading.Event()
        self.go_on = threading.Semaphore(0)

    def __call__(self, stage: str, _: sqlite3.Connection | None) -> None:
        if stage == "write":
            self.commits += 1
            self.began.set()
            assert self.go_on.acquire(timeout=10)


@asynccontextmanager
async def under_way(world: World) -> AsyncIterator[SlowDisk]:
    """A commit that is not over before the block says so: it creates an account."""
    disk = SlowDisk()
    world.faults.before = disk
    async with trio.open_nursery() as nursery:
        nursery.start_soon(world.ask, "account/eve", CreateAccount("eve"), "system")
        assert await trio.to_thread.run_sync(disk.began.wait, 10)
        try:
            yield disk
        finally:
            world.faults.before = None
            disk.go_on.release(100)


async def later(world: World, text: str, answers: list[object]) -> None:
    answers.append(await world.post(text))


async def test_posts_of_a_room_are_one_commit(world: World) -> None:
    answers: list[object] = []
    before = world.writer.commits.count
    async with trio.open_nursery() as nursery, under_way(world):
        for number in range(3):  # in turns of the event loop of their own
            nursery.start_soon(later, world, str(number), answers)
            await trio.testing.wait_all_tasks_blocked()
    assert world.writer.commits.count == before + 2
    assert sorted(answer.seq for answer in answers if isinstance(answer, Posted)) == [3, 4, 5]
    assert await world.texts() == ["0", "1", "2"]


async def test_what_needs_no_commit_does_not_wait_for_one(world: World) -> None:
    async with under_way(world):
        refused = await world.ask("room/r", LeaveRoom("r"), "eve")
    assert isinstance(refused, Refusal)


async def test_order_is_that_of_asking(world: World) -> None:
    """A command that does not wait takes the posts before it along."""
    answers: list[object] = []
    async with trio.open_nursery() as nursery, under_way(world):
        nursery.start_soon(later, world, "held", answers)
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(world.ask, "room/r", MarkRead("r", 3), "ann")  # of the post that is not logged yet
        await trio.testing.wait_all_tasks_blocked()
    assert await world.reader.read_marker("ann", "r") == 3


async def test_a_failed_commit_takes_nothing_else_along(world: World) -> None:
    answers: list[object] = []
    async with trio.open_nursery() as nursery, under_way(world) as disk:
        for text in ("lost", "lost too"):
            nursery.start_soon(later, world, text, answers)
        await trio.testing.wait_all_tasks_blocked()
        world.faults.stages.add("commit")
        disk.go_on.release(2)
    assert [answer.code for answer in answers if isinstance(answer, Refusal)] == ["unavailable"] * 2
    world.faults.stages.clear()
    assert isinstance(await world.post("after"), Posted)
    assert await world.texts() == ["after"]


async def test_a_bug_costs_the_actor_its_turn_and_the_log_writer_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.post("before")
    answers: list[object] = []

    def crash(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        async with trio.open_nursery() as nursery, under_way(world):
            nursery.start_soon(later, world, "unlucky", answers)
            await trio.testing.wait_all_tasks_blocked()
            patch.setattr(streams.StreamActor, "_decide_on", crash)
    assert [answer.code for answer in answers if isinstance(answer, Refusal)] == ["internal"]
    assert isinstance(await world.post("after"), Posted)
    assert await world.texts() == ["before", "after"]

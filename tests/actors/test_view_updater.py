"""Followers: they catch up, gather while the log is busy, hurry for who waits, and go on after failures."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any, TypeVar

import attrs
import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from chatd.actors.runtime.bus import Bus
from chatd.actors.runtime.supervisor import supervise
from chatd.actors.workers.view_updater import (
    BATCH,
    CHORES,
    FAR,
    FIRST_RETRY,
    LONGEST_RETRY,
    MIN_INTERVAL,
    PATIENCE,
    Views,
    ViewUpdater,
)
from chatd.contract.view import ViewState
from chatd.domain.event import Event
from chatd.ports import Lag, StoreUnavailable, View

T = TypeVar("T")


@attrs.define
class Name:
    """All that a follower asks of its view itself."""

    name: str = "v"
    unfinished: bool = False


@attrs.define
class MemoryViews:
    """A `ViewStore` that holds positions, and takes `seconds` for each batch."""

    bus: Bus
    positions: dict[str, int] = attrs.Factory(dict)
    batches: list[tuple[float, int, int]] = attrs.Factory(list)  # when, after, upto
    drops: int = 0
    seconds: float = 0.0
    failures: list[Exception] = attrs.Factory(list)  # of what is asked next
    questions: list[int] = attrs.Factory(list)

    async def follow(self, view: View, most: int) -> Lag:
        begun = trio.current_time()
        await self._work()
        after = self.positions.get(view.name, 0)
        upto = min(after + most, self.bus.head)
        self.batches.append((begun, after, upto))
        self.positions[view.name] = upto
        return Lag(view.name, upto, self.bus.head)

    async def lag(self, view: View) -> Lag:
        return Lag(view.name, self.positions.get(view.name, 0), self.bus.head)

    async def drop(self, view: View) -> None:
        await self._work()
        self.drops += 1
        self.positions[view.name] = 0

    async def ask(self, question: Callable[[Any], T]) -> T:
        return question(self.positions["v"])

    async def _work(self) -> None:
        await trio.sleep(self.seconds)
        if self.failures:
            raise self.failures.pop(0)


@attrs.define
class Scene:
    bus: Bus
    store: MemoryViews
    follower: ViewUpdater

    def commit(self, count: int = 1) -> None:
        head = self.bus.head
        self.bus.publish(
            [Event(head + n, "room/r", head + n, "message.posted", 0, "ann", {}) for n in range(1, count + 1)]
        )

    def spans(self) -> list[tuple[int, int]]:
        return [batch[1:] for batch in self.store.batches]


@asynccontextmanager
async def following(head: int = 0, position: int = 0) -> AsyncIterator[Scene]:
    bus = Bus(head)
    store = MemoryViews(bus, {"v": position})
    scene = Scene(bus, store, ViewUpdater(Name(), store, bus))  # type: ignore[arg-type]
    async with trio.open_nursery() as nursery:
        nursery.start_soon(supervise, scene.follower)
        await wait_all_tasks_blocked()
        yield scene
        nursery.cancel_scope.cancel()


async def test_the_first_event_after_a_pause_is_taken_in_at_once(mock_clock: MockClock) -> None:
    async with following() as scene:
        scene.commit()
        await wait_all_tasks_blocked()
        assert scene.spans() == [(0, 1)]
        assert scene.follower.position == 1


async def test_what_comes_soon_after_a_batch_gathers_for_the_next_one(mock_clock: MockClock) -> None:
    async with following() as scene:
        for _ in range(5):
            scene.commit(10)
            await wait_all_tasks_blocked()
            mock_clock.jump(MIN_INTERVAL / 10)
        mock_clock.jump(MIN_INTERVAL)
        await wait_all_tasks_blocked()
        assert scene.spans() == [(0, 10), (10, 50)]


async def test_a_busy_log_costs_few_batches(autojump_clock: MockClock) -> None:
    async with following() as scene:
        for _ in range(1000):
            scene.commit(5)
            await trio.sleep(0.001)
        await trio.sleep(2 * MIN_INTERVAL)
        assert scene.follower.position == 5000
        begun = [batch[0] for batch in scene.store.batches]
        assert len(begun) <= 6
        assert all(later - before >= MIN_INTERVAL - 1e-6 for before, later in pairwise(begun))


async def test_who_waits_is_not_kept_waiting_by_the_pace(mock_clock: MockClock) -> None:
    async with following() as scene, trio.open_nursery() as nursery:
        scene.commit()
        await wait_all_tasks_blocked()
        scene.commit()
        nursery.start_soon(scene.follower.wait, 2)
        await wait_all_tasks_blocked()
        assert scene.follower.position == 2


async def test_who_waits_for_what_is_still_to_come_gets_it_when_it_comes(mock_clock: MockClock) -> None:
    async with following() as scene, trio.open_nursery() as nursery:
        scene.commit()
        await wait_all_tasks_blocked()
        nursery.start_soon(scene.follower.wait, 2)
        await wait_all_tasks_blocked()
        assert len(scene.store.batches) == 1, "nothing is there to be looked for"
        scene.commit()
        await wait_all_tasks_blocked()
        assert scene.follower.position == 2


async def test_waiting_ends_with_the_callers_patience(autojump_clock: MockClock) -> None:
    async with following(head=1) as scene:
        scene.store.seconds = 10
        scene.commit()
        started = trio.current_time()
        assert not await scene.follower.wait(2)
        assert trio.current_time() - started == pytest.approx(PATIENCE)
        assert await scene.follower.wait(2, 30)


async def test_what_is_there_already_is_not_waited_for(mock_clock: MockClock) -> None:
    async with following(head=3, position=3) as scene:
        with trio.fail_after(0):
            assert await scene.follower.wait(3)


async def test_a_view_far_behind_is_caught_up_in_batches_with_a_breath_between(
    autojump_clock: MockClock,
) -> None:
    async with following() as scene:
        scene.store.seconds = 0.01
        scene.commit(FAR + 2 * BATCH)
        await scene.follower.wait(scene.bus.head, 60)
        assert [upto - after for _, after, upto in scene.store.batches] == [BATCH] * (FAR // BATCH + 2)
        begun = [batch[0] for batch in scene.store.batches]
        assert begun[1] - begun[0] == pytest.approx(0.015)


async def test_a_start_takes_up_where_the_store_stands(autojump_clock: MockClock) -> None:
    async with following(head=10, position=7) as scene:
        assert await scene.follower.wait(10)
        assert scene.spans() == [(7, 10)]


async def test_a_view_that_has_put_something_off_goes_on_with_nothing_new(autojump_clock: MockClock) -> None:
    async with following(head=1, position=1) as scene:
        await trio.sleep(10 * CHORES)
        assert scene.spans() == [(1, 1)], "a look at the start"
        scene.follower.view.unfinished = True  # type: ignore[misc]
        scene.commit()
        await trio.sleep(3.5 * CHORES)
        scene.follower.view.unfinished = False  # type: ignore[misc]
        await trio.sleep(10 * CHORES)
        assert scene.spans()[1:] == [(1, 2), (2, 2), (2, 2), (2, 2), (2, 2)]


# --- building again ----------------------------------------------------------------------------------


async def test_a_rebuild_drops_the_view_and_catches_up(autojump_clock: MockClock) -> None:
    async with following(head=9) as scene:
        await scene.follower.wait(9)
        scene.follower.rebuild()
        assert scene.follower.row().lag == 9
        assert await scene.follower.wait(9)
        assert (scene.store.drops, scene.spans()) == (1, [(0, 9), (0, 9)])


async def test_a_batch_that_ends_after_the_order_to_rebuild_does_not_look_like_the_end_of_it(
    mock_clock: MockClock,
) -> None:
    async with following() as scene:
        scene.store.seconds = 1
        scene.commit(9)
        await wait_all_tasks_blocked()  # in the middle of the batch
        scene.follower.rebuild()
        mock_clock.jump(1)
        await wait_all_tasks_blocked()
        assert scene.store.positions["v"] == 9
        assert scene.follower.position == 0
        for _ in range(2):  # the drop, the batch
            mock_clock.jump(1)
            await wait_all_tasks_blocked()
        assert scene.store.drops == 1
        assert scene.follower.position == 9


async def test_a_rebuild_of_an_empty_log_ends(autojump_clock: MockClock) -> None:
    async with following() as scene:
        scene.follower.rebuild()
        await wait_all_tasks_blocked()
        assert scene.store.drops == 1
        assert scene.follower.row().lag == 0


# --- failures ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [StoreUnavailable("the disk is full"), KeyError("a bug")])
async def test_a_failure_is_shown_and_tried_again(mock_clock: MockClock, error: Exception) -> None:
    async with following() as scene:
        scene.store.failures = [error]
        scene.commit()
        await wait_all_tasks_blocked()
        shown = scene.follower.row()
        assert shown.lag == 1
        assert shown.error == ("the disk is full" if isinstance(error, StoreUnavailable) else shown.error)
        assert shown.error
        mock_clock.jump(FIRST_RETRY)
        await wait_all_tasks_blocked()
        assert scene.follower.row() == ViewState(name="v", position=1, head=1, lag=0, error=None)


async def test_failures_in_a_row_are_tried_again_ever_more_rarely_and_for_ever(
    autojump_clock: MockClock,
) -> None:
    async with following() as scene:
        scene.store.failures = [StoreUnavailable("no")] * 20
        scene.commit()
        assert await scene.follower.wait(1, 20 * LONGEST_RETRY)
        assert trio.current_time() > 10 * LONGEST_RETRY
        assert scene.follower.restarts == 0


async def test_who_waits_does_not_make_a_failing_view_try_more_often(mock_clock: MockClock) -> None:
    async with following() as scene, trio.open_nursery() as nursery:
        scene.store.failures = [StoreUnavailable("no")] * 2
        scene.commit()
        await wait_all_tasks_blocked()
        nursery.start_soon(scene.follower.wait, 1)
        await wait_all_tasks_blocked()
        assert len(scene.store.failures) == 1
        nursery.cancel_scope.cancel()


async def test_a_rebuild_does_not_wait_for_the_next_try(mock_clock: MockClock) -> None:
    async with following() as scene:
        scene.store.failures = [StoreUnavailable("no")]
        scene.commit()
        await wait_all_tasks_blocked()
        scene.follower.rebuild()
        mock_clock.jump(MIN_INTERVAL)
        await wait_all_tasks_blocked()
        assert (scene.store.drops, scene.follower.position) == (1, 1)


async def test_a_drop_that_fails_is_tried_again(autojump_clock: MockClock) -> None:
    async with following(head=3) as scene:
        await scene.follower.wait(3)
        scene.store.failures = [StoreUnavailable("no")]
        scene.follower.rebuild()
        assert await scene.follower.wait(3)
        assert scene.store.drops == 1


# --- asking ------------------------------------------------------------------------------------------


def stood_at(position: object) -> object:
    return position


async def test_a_question_sees_what_was_done_before_it(autojump_clock: MockClock) -> None:
    async with following() as scene:
        views = Views(scene.store, {"v": scene.follower}, None, None)  # type: ignore[arg-type]
        scene.commit(3)
        assert await views.ask(Name(), stood_at, scene.bus.head) == 3  # type: ignore[arg-type]


async def test_a_question_to_a_view_that_stands_still_is_answered_from_what_there_is(
    autojump_clock: MockClock,
) -> None:
    async with following(head=2) as scene:
        await scene.follower.wait(2)
        views = Views(scene.store, {"v": scene.follower}, None, None)  # type: ignore[arg-type]
        scene.store.failures = [StoreUnavailable("no")] * 99
        scene.commit()
        with trio.fail_after(PATIENCE + 1):
            assert await views.ask(Name(), stood_at, 3) == 2  # type: ignore[arg-type]

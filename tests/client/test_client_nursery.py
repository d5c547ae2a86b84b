"""Works at once: what goes wrong leaves as itself."""

from __future__ import annotations

from functools import partial

import pytest
import trio

from chatd.client.nursery import all_of


async def test_all_of_waits_for_each_of_its_tasks() -> None:
    done: list[int] = []

    async def work(number: int) -> None:
        await trio.lowlevel.checkpoint()
        done.append(number)

    await all_of(partial(work, number) for number in range(3))
    assert sorted(done) == [0, 1, 2]


async def test_of_those_that_fail_at_once_the_first_is_raised_bare() -> None:
    async def fail(error: Exception) -> None:
        raise error

    with pytest.raises((KeyError, ValueError)) as raised:
        await all_of([partial(fail, KeyError("a")), partial(fail, ValueError("b"))])
    assert raised.value.args in (("a",), ("b",))


async def test_a_task_that_fails_ends_the_others() -> None:
    ended = trio.Event()

    async def wait() -> None:
        try:
            await trio.sleep_forever()
        finally:
            ended.set()

    async def fail() -> None:
        await trio.lowlevel.checkpoint()
        raise KeyError("a")

    with pytest.raises(KeyError):
        await all_of([wait, fail])
    assert ended.is_set()

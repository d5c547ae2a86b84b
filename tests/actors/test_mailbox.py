"""A bounded mailbox: order, waiting, closing, and what it says about itself."""

from __future__ import annotations

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from chatd.actors.runtime.mailbox import Closed, Mailbox


async def test_one_turn_takes_all_that_waits() -> None:
    mailbox: Mailbox[int] = Mailbox(10)
    for letter in range(3):
        assert mailbox.offer(letter)
    assert await mailbox.take() == [0, 1, 2]


async def test_offer_never_waits_and_says_when_full() -> None:
    mailbox: Mailbox[int] = Mailbox(1)
    assert mailbox.offer(1)
    assert not mailbox.offer(2)
    assert await mailbox.take() == [1]


async def test_tell_waits_for_space_and_keeps_its_writers_order(nursery: trio.Nursery) -> None:
    mailbox: Mailbox[int] = Mailbox(2)

    async def write() -> None:
        for letter in range(7):
            await mailbox.tell(letter)

    nursery.start_soon(write)
    taken: list[int] = []
    while len(taken) < 7:
        await wait_all_tasks_blocked()
        assert len(mailbox) <= 2
        taken += await mailbox.take()
    assert taken == list(range(7))


async def test_a_closed_mailbox_is_emptied_before_it_says_so(nursery: trio.Nursery) -> None:
    mailbox: Mailbox[int] = Mailbox(1)
    mailbox.offer(1)
    refused = trio.Event()

    async def write() -> None:
        with pytest.raises(Closed):
            await mailbox.tell(2)
        refused.set()

    nursery.start_soon(write)
    await wait_all_tasks_blocked()
    mailbox.close()
    await refused.wait()
    assert await mailbox.take() == [1]
    with pytest.raises(Closed):
        await mailbox.take()
    with pytest.raises(Closed):
        mailbox.offer(3)


async def test_a_cancelled_reader_loses_no_letter(nursery: trio.Nursery) -> None:
    mailbox: Mailbox[int] = Mailbox(4)
    with trio.CancelScope() as scope:
        scope.cancel()
        await mailbox.take()
    mailbox.offer(1)
    assert await mailbox.take() == [1]


async def test_statistics_tell_depth_wait_and_turns(autojump_clock: trio.testing.MockClock) -> None:
    mailbox: Mailbox[int] = Mailbox(4)
    mailbox.offer(1)
    await trio.sleep(3)
    mailbox.offer(2)
    statistics = mailbox.statistics()
    assert (statistics.depth, statistics.capacity, statistics.oldest_wait) == (2, 4, 3)
    await mailbox.take()
    statistics = mailbox.statistics()
    assert (statistics.depth, statistics.oldest_wait, statistics.turns, statistics.handled) == (0, 0, 1, 2)

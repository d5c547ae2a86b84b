"""Who waits for something scarce is served in turns, by account and by address."""

from __future__ import annotations

from contextlib import suppress

import trio
import trio.testing
from hypothesis import given
from hypothesis import strategies as st

from chatd.concurrency.fair_queue import FairQueue, Share, ShareFull
from chatd.current.principal import SERVER, Principal, principal, work_for

ROOMY = Share(waiting_account=100, waiting_address=100)
ANN, BOB = Principal("10.0.0.1", "ann"), Principal("10.0.0.2", "bob")


class Counter:
    """Serves one after another, as `step` is called, and notes whom."""

    def __init__(self, queue: FairQueue) -> None:
        self.queue = queue
        self.served: list[Principal] = []
        self.refused: list[Principal] = []
        self._done: list[trio.Event] = []

    async def ask(self, who: Principal) -> None:
        work_for(who)
        try:
            async with self.queue.place():
                self.served.append(who)
                done = trio.Event()
                self._done.append(done)
                await done.wait()
        except ShareFull:
            self.refused.append(who)

    async def join(self, nursery: trio.Nursery, *people: Principal) -> None:
        for who in people:
            nursery.start_soon(self.ask, who)
            await trio.testing.wait_all_tasks_blocked()

    async def finish_all(self) -> list[Principal]:
        while self._done:
            self._done.pop(0).set()
            await trio.testing.wait_all_tasks_blocked()
        return self.served


async def test_one_account_with_much_to_do_lets_another_in_between() -> None:
    counter = Counter(FairQueue(1, ROOMY))
    async with trio.open_nursery() as nursery:
        await counter.join(nursery, *[ANN] * 6, BOB, BOB)
        assert await counter.finish_all() == [ANN, BOB, ANN, BOB, ANN, ANN, ANN, ANN]


async def test_one_account_at_many_addresses_has_one_share() -> None:
    spread = [Principal(f"10.1.0.{number}", "ann") for number in range(5)]
    counter = Counter(FairQueue(1, ROOMY))
    async with trio.open_nursery() as nursery:
        await counter.join(nursery, *spread, BOB, BOB)
        served = await counter.finish_all()
    assert [who.account for who in served[:4]] == ["ann", "bob", "ann", "bob"]


async def test_many_accounts_at_one_address_have_one_share() -> None:
    crowd = [Principal("10.0.0.1", f"ann{number}") for number in range(5)]
    counter = Counter(FairQueue(1, ROOMY))
    async with trio.open_nursery() as nursery:
        await counter.join(nursery, *crowd, BOB, BOB)
        assert (await counter.finish_all())[:4] == [crowd[0], BOB, crowd[1], BOB]


async def test_colleagues_of_who_has_much_to_do_are_served_in_turns_with_them() -> None:
    colleague = Principal(ANN.address, "eve")
    counter = Counter(FairQueue(1, ROOMY))
    async with trio.open_nursery() as nursery:
        await counter.join(nursery, *[ANN] * 5, colleague)
        assert (await counter.finish_all())[:2] == [ANN, colleague]


async def test_what_one_account_or_address_has_waiting_is_bounded() -> None:
    share = Share(waiting_account=2, waiting_address=3)
    counter = Counter(FairQueue(1, share))
    stranger, colleague = Principal(ANN.address), Principal(ANN.address, "eve")
    async with trio.open_nursery() as nursery:
        await counter.join(nursery, ANN, ANN, ANN, ANN, colleague, stranger, BOB, *[SERVER] * 9)
        assert counter.refused == [ANN, stranger]
        await counter.finish_all()


async def test_what_everybody_has_waiting_is_bounded() -> None:
    counter = Counter(FairQueue(1, Share(waiting_account=9, waiting_address=9, waiting=2)))
    async with trio.open_nursery() as nursery:
        await counter.join(nursery, ANN, ANN, ANN, BOB)
        assert counter.refused == [BOB]
        await counter.finish_all()


async def test_where_one_request_takes_long_a_place_is_left_for_the_others() -> None:
    counter = Counter(FairQueue(3, Share(9, 9, at_once_account=1, at_once_address=2)))
    crowd = [Principal(ANN.address, f"ann{number}") for number in range(5)]
    async with trio.open_nursery() as nursery:
        await counter.join(nursery, crowd[0], *crowd, BOB)
        assert counter.served == [crowd[0], crowd[1], BOB]
        assert len(await counter.finish_all()) == 7


async def test_what_a_task_starts_is_done_for_whom_it_works() -> None:
    seen: list[Principal] = []

    async def look() -> None:
        seen.append(principal())

    async def work() -> None:
        work_for(ANN)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(look)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(work)
    assert seen == [ANN]
    assert principal() == SERVER


PEOPLE = st.sampled_from([ANN, BOB, SERVER, Principal("10.0.0.1"), Principal("10.0.0.2", "ann")])
LIVES = st.lists(st.tuples(PEOPLE, st.booleans()), max_size=20)


@given(lives=LIVES, places=st.integers(1, 3), at_once=st.none() | st.integers(1, 2))
def test_places_are_neither_lost_nor_made(
    lives: list[tuple[Principal, bool]], places: int, at_once: int | None
) -> None:
    """Whoever is served, refused, or leaves the queue while waiting or while just being let in."""
    queue = FairQueue(places, Share(3, 5, at_once_account=at_once, at_once_address=at_once))
    inside: list[Principal] = []

    async def live(who: Principal, scope: trio.CancelScope) -> None:
        work_for(who)
        with scope, suppress(ShareFull):
            async with queue.place():
                inside.append(who)
                try:
                    assert len(inside) <= places
                    await trio.lowlevel.checkpoint()
                finally:
                    inside.remove(who)

    async def main() -> None:
        scopes = [trio.CancelScope() for _ in lives]
        async with trio.open_nursery() as nursery:
            for (who, _), scope in zip(lives, scopes, strict=True):
                nursery.start_soon(live, who, scope)
            await trio.lowlevel.checkpoint()
            for (_, leaves), scope in zip(lives, scopes, strict=True):
                if leaves:
                    scope.cancel()
        assert len(queue) == 0
        with trio.fail_after(30):
            for _ in range(places):
                await queue.take()

    trio.run(main)

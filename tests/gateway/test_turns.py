"""Requests of plain HTTP begin a few at a time, those of each address in turn."""

from __future__ import annotations

import trio

from chatd.gateway.http.server.turns import IN_A_TURN, Turns

MANY = 20 * IN_A_TURN


async def test_few_begin_in_a_turn_and_each_address_has_its_turn() -> None:
    turns = Turns()
    begun: list[str] = []

    async def ask(address: str, more: bool = False) -> None:
        await turns.take(address, more)
        begun.append(f"{address}{' more' if more else ''}")

    async with trio.open_nursery() as running:
        running.start_soon(turns.run)
        async with trio.open_nursery() as asking:
            for _ in range(MANY):
                asking.start_soon(ask, "greedy", True)
            await trio.lowlevel.checkpoint()
            assert len(begun) <= 2 * IN_A_TURN
            asking.start_soon(ask, "modest")
            asking.start_soon(ask, "greedy")
        running.cancel_scope.cancel()
    assert len(begun) == MANY + 2
    assert begun.index("modest") < MANY / 2
    assert begun.index("greedy") < MANY / 2  # it has nothing behind it on its connection


async def test_who_goes_away_while_waiting_takes_nobodys_turn() -> None:
    turns, begun = Turns(), trio.Event()

    async def ask() -> None:
        await turns.take("next", False)
        begun.set()

    for number in range(IN_A_TURN + MANY):
        with trio.move_on_after(0):
            await turns.take(f"gone {number}", False)
    async with trio.open_nursery() as running:
        running.start_soon(turns.run)
        running.start_soon(ask)
        waited = 0  # turns of the event loop
        while not begun.is_set():
            await trio.lowlevel.checkpoint()
            waited += 1
        running.cancel_scope.cancel()
    assert waited < MANY / IN_A_TURN

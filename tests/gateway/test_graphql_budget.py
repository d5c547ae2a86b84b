"""What GraphQL may work for somebody: two seconds of the processor at once, in the long run a fifth of it."""

from __future__ import annotations

from trio.testing import MockClock

from chatd.gateway.graphql.budget import Budget
from chatd.ports import Caller

ANN, BOB = Caller("192.0.2.1", account="ann"), Caller("192.0.2.1", account="bob")


def waits(budget: Budget, caller: Caller = ANN) -> float:
    """The seconds that somebody is told to wait, or none."""
    refusal = budget.refusal(caller)
    return 0.0 if refusal is None or refusal.data is None else float(refusal.data["retry_after"])


async def test_two_seconds_are_there_at_once_and_a_fifth_of_each_that_passes(mock_clock: MockClock) -> None:
    budget = Budget(limited=True)
    budget.spend(ANN, 1.9)
    assert waits(budget) == 0
    budget.spend(ANN, 0.5)
    assert 2 <= waits(budget) < 3
    mock_clock.jump(3)
    assert waits(budget) == 0
    budget.spend(ANN, 10)
    assert waits(budget) > 40


async def test_who_stays_below_a_fifth_never_waits(mock_clock: MockClock) -> None:
    budget = Budget(limited=True)
    for _ in range(1000):
        budget.spend(ANN, 0.19)
        mock_clock.jump(1)
        assert waits(budget) == 0


async def test_what_costs_next_to_nothing_costs_something(mock_clock: MockClock) -> None:
    budget = Budget(limited=True)
    for _ in range(3000):
        budget.spend(ANN, 0.0)
    assert waits(budget) > 0


async def test_each_account_and_each_strangers_network_has_its_own(mock_clock: MockClock) -> None:
    budget = Budget(limited=True)
    budget.spend(ANN, 5)
    budget.spend(Caller("2001:db8::1"), 5)
    assert waits(budget) > 0
    assert waits(budget, Caller("2001:db8::2")) > 0
    assert waits(budget, BOB) == waits(budget, Caller("192.0.2.1")) == 0


async def test_operators_and_servers_without_limits_wait_for_nothing(mock_clock: MockClock) -> None:
    operator = Caller("", operator=True)
    for budget, caller in ((Budget(limited=True), operator), (Budget(limited=False), ANN)):
        budget.spend(caller, 100)
        assert waits(budget, caller) == 0

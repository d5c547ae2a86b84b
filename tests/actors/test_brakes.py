"""Brakes on guessing: who is held up after wrong passwords, for how long, and who is not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from trio.testing import MockClock

from chatd.actors import signing
from chatd.actors.brakes import KEPT, Attempt, Brake, Brakes
from chatd.domain import command as c
from chatd.domain.refusal import Refusal
from chatd.ports import Caller
from chatd.settings import Settings

HERE, ELSEWHERE = Caller("192.0.2.1"), Caller("198.51.100.7")
FREE, FREE_NAME, FREE_ADDRESS = 5, 20, 100


@pytest.fixture
def brakes(mock_clock: MockClock) -> Brakes:
    return Brakes(Settings())


def guess(brakes: Brakes, name: str = "ada", caller: Caller = HERE, *, right: bool = False) -> float:
    """One attempt; gives 0, or the seconds after which to try again."""
    attempt = brakes.sign_in(name, caller)
    if isinstance(attempt, Refusal):
        assert attempt.code == "rate_limited"
        assert attempt.data is not None
        return float(attempt.data["retry_after"])
    with attempt:
        if right:
            attempt.right()
    return 0.0


def guess_patiently(clock: MockClock, brakes: Brakes, times: int, caller: Caller = HERE) -> list[float]:
    """So many wrong guesses, each as soon as it is allowed; gives how long each had to wait."""
    waits = []
    for _ in range(times):
        if wait := guess(brakes, caller=caller):
            clock.jump(wait)
            assert guess(brakes, caller=caller) == 0, "waiting as told was not enough"
        waits.append(wait)
    return waits


async def test_the_first_wrong_passwords_go_free_and_then_delays_double(
    mock_clock: MockClock, brakes: Brakes
) -> None:
    waits = guess_patiently(mock_clock, brakes, FREE + 20)
    assert waits[:FREE] == [0] * FREE
    assert waits[FREE : FREE + 10] == pytest.approx([2**n for n in range(10)], abs=0.01)
    assert waits[-5:] == pytest.approx([900] * 5, abs=0.01)


async def test_a_refused_attempt_makes_nothing_worse(mock_clock: MockClock, brakes: Brakes) -> None:
    guess_patiently(mock_clock, brakes, FREE)
    assert guess(brakes) == pytest.approx(1, abs=0.01)
    for _ in range(1000):
        guess(brakes)
    mock_clock.jump(0.5)
    assert guess(brakes) == pytest.approx(0.5, abs=0.01)


async def test_whoever_always_waits_gets_a_hundred_guesses_a_day(
    mock_clock: MockClock, brakes: Brakes
) -> None:
    guess_patiently(mock_clock, brakes, 30)
    day = 86_400 + mock_clock.current_time()
    guesses = 0
    while mock_clock.current_time() < day:
        guesses += len(guess_patiently(mock_clock, brakes, 1))
    assert guesses <= 100


async def test_wrong_passwords_are_forgotten_after_a_quiet_time(
    mock_clock: MockClock, brakes: Brakes
) -> None:
    guess_patiently(mock_clock, brakes, FREE + 2)
    mock_clock.jump(900 * (FREE + 2))
    assert guess_patiently(mock_clock, brakes, FREE) == [0] * FREE


async def test_a_right_password_clears_the_count(mock_clock: MockClock, brakes: Brakes) -> None:
    for _ in range(10):
        assert guess_patiently(mock_clock, brakes, FREE - 1) == [0] * (FREE - 1)
        assert guess(brakes, right=True) == 0


async def test_right_passwords_are_never_held_up(brakes: Brakes) -> None:
    for _ in range(500):
        assert guess(brakes, right=True) == 0


async def test_many_guesses_at_once_are_no_way_around(brakes: Brakes) -> None:
    attempts = [brakes.sign_in("ada", HERE) for _ in range(50)]
    assert sum(isinstance(attempt, Attempt) for attempt in attempts) == FREE


async def test_a_whole_company_signs_in_at_once(brakes: Brakes) -> None:
    attempts = [brakes.sign_in(f"colleague {number}", HERE) for number in range(FREE_ADDRESS)]
    for attempt in attempts:
        assert isinstance(attempt, Attempt)
        attempt.right()
    assert guess(brakes, "one more") == 0


async def test_an_attempt_that_told_nothing_does_not_count(brakes: Brakes) -> None:
    for _ in range(FREE * 3):
        attempt = brakes.sign_in("ada", HERE)
        assert isinstance(attempt, Attempt)
        with attempt:
            attempt.void()
        attempt = brakes.sign_in("ada", HERE)
        assert isinstance(attempt, Attempt)
        with pytest.raises(OSError, match="disk"), attempt:
            raise OSError("disk")


async def test_a_void_attempt_gives_its_turn_back(mock_clock: MockClock, brakes: Brakes) -> None:
    guess_patiently(mock_clock, brakes, FREE + 3)
    mock_clock.jump(guess(brakes))
    attempt = brakes.sign_in("ada", HERE)
    assert isinstance(attempt, Attempt)
    assert guess(brakes) > 0
    attempt.void()
    assert guess(brakes, right=True) == 0


# --- who is not held up -----------------------------------------------------------------------------------


async def test_one_attacker_cannot_lock_a_person_out_elsewhere(mock_clock: MockClock, brakes: Brakes) -> None:
    for _ in range(100):
        guess_patiently(mock_clock, brakes, 1, caller=ELSEWHERE)
        assert guess(brakes) == 0, "a typing error of her own"
        assert guess(brakes, right=True) == 0


async def test_many_addresses_together_get_few_guesses_for_one_name(
    mock_clock: MockClock, brakes: Brakes
) -> None:
    botnet = [Caller(f"10.0.{number // 250}.{number % 250}") for number in range(5000)]
    assert sum(guess(brakes, caller=bot) == 0 for bot in botnet) == FREE_NAME
    guesses = 0
    for bot in botnet[:3600]:
        mock_clock.jump(1)
        guesses += guess(brakes, caller=bot) == 0
    assert guesses <= 65  # in an hour


async def test_a_person_gets_in_where_they_were_before_whatever_many_addresses_do(
    mock_clock: MockClock, brakes: Brakes
) -> None:
    assert guess(brakes, right=True) == 0
    for number in range(100):
        guess(brakes, caller=Caller(f"10.0.0.{number}"))
    assert guess(brakes, caller=ELSEWHERE) > 0
    assert guess(brakes) == 0, "a typing error of her own"
    assert guess(brakes, right=True) == 0


async def test_elsewhere_nobody_waits_longer_than_a_minute_for_what_others_did(
    mock_clock: MockClock, brakes: Brakes
) -> None:
    for _ in range(50):
        for number in range(250):
            guess(brakes, caller=Caller(f"10.0.0.{number}"))
        wait = guess(brakes, caller=ELSEWHERE)
        assert wait <= 60.01
        mock_clock.jump(wait)
    assert guess(brakes, caller=ELSEWHERE, right=True) == 0


async def test_one_password_tried_on_many_names_is_slowed_by_address(
    mock_clock: MockClock, brakes: Brakes
) -> None:
    names = iter(range(10_000))
    assert sum(guess(brakes, f"name {next(names)}") == 0 for _ in range(500)) == FREE_ADDRESS
    assert guess(brakes, "name", ELSEWHERE) == 0
    guesses = 0
    for _ in range(3600):
        mock_clock.jump(1)
        guesses += guess(brakes, f"name {next(names)}") == 0
    assert guesses <= 65  # in an hour


# --- what an attacker learns ------------------------------------------------------------------------------


async def test_a_name_is_counted_in_whatever_case_it_is_typed(brakes: Brakes) -> None:
    typed = ["ada", "Ada", "ADA", "ａｄａ", "aDA"]
    assert [guess(brakes, name) for name in typed] == [0] * FREE
    assert guess(brakes, "adA") > 0


async def test_the_addresses_of_one_ipv6_network_are_one_address(brakes: Brakes) -> None:
    for number in range(FREE):
        assert guess(brakes, caller=Caller(f"2001:db8:1:2::{number}")) == 0
    assert guess(brakes, caller=Caller("2001:db8:1:2:ffff::1")) > 0
    assert guess(brakes, caller=Caller("2001:db8:1:3::1")) == 0


async def test_an_address_that_is_held_up_learns_nothing_from_names_that_signed_in_there(
    brakes: Brakes,
) -> None:
    assert guess(brakes, "resident", right=True) == 0
    for number in range(FREE_ADDRESS):
        guess(brakes, f"name {number}")
    assert guess(brakes, "resident") == guess(brakes, "stranger") > 0


async def test_who_is_held_up_is_refused_before_any_work_is_done(brakes: Brakes) -> None:
    for _ in range(FREE):
        guess(brakes)
    for _ in range(FREE_ADDRESS):
        brakes.sign_up(HERE)
    desk: Any = SimpleNamespace(brakes=brakes)  # it has no reader, and no passwords
    for refused in (
        await signing.sign_in(desk, HERE, c.SignIn("ada", "a password")),
        await signing.sign_up(desk, HERE, c.SignUp("ada", "a password")),
    ):
        assert isinstance(refused, Refusal)
        assert refused.code == "rate_limited"


# --- signing up -------------------------------------------------------------------------------------------


async def test_failed_sign_ups_are_slowed_by_address_and_others_are_not(
    mock_clock: MockClock, brakes: Brakes
) -> None:
    for _ in range(FREE_ADDRESS * 2):
        attempt = brakes.sign_up(HERE)
        assert isinstance(attempt, Attempt)
        with attempt:
            attempt.void()
    for _ in range(FREE_ADDRESS):
        assert isinstance(brakes.sign_up(HERE), Attempt)
    refused = brakes.sign_up(HERE)
    assert isinstance(refused, Refusal)
    assert refused.code == "rate_limited"
    assert isinstance(brakes.sign_up(ELSEWHERE), Attempt)
    assert guess(brakes, right=True) == 0
    mock_clock.jump(1.01)
    assert isinstance(brakes.sign_up(HERE), Attempt)


# --- off, and memory --------------------------------------------------------------------------------------


async def test_without_limits_and_for_operators_there_are_no_brakes() -> None:
    off, on = Brakes(Settings(limits=False)), Brakes(Settings())
    operator = Caller("admin socket", "operator:0", operator=True)
    for _ in range(1000):
        assert guess(off) == 0
        assert guess(on, caller=operator) == 0
        assert isinstance(off.sign_up(HERE), Attempt)
    assert not off.pairs
    assert not on.pairs


def test_memory_is_bounded_and_forgotten_failures_need_none() -> None:
    brake = Brake(5, 1, 900, most=100)
    for number in range(500):
        brake.charge(number, 0)
    assert len(brake) <= 100
    for _ in range(5):
        brake.charge("held", 1)
    for number in range(500, 560):
        brake.charge(number, 1)
    assert brake.wait("held", 1) > 0
    for number in range(1000, 1200):
        brake.charge("busy", 10_000 + number * 1000)
        brake.charge(number, 10_000 + number * 1000)
    assert len(brake) < 5


async def test_the_places_that_are_remembered_are_bounded(brakes: Brakes) -> None:
    for number in range(KEPT + 10):
        brakes.trust((f"name {number}", "192.0.2.1"))
    assert len(brakes._trusted) == KEPT
    assert ("name 5", "192.0.2.1") not in brakes._trusted

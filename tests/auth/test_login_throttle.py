"""The login throttle: who is held up after wrong passwords, for how long, and who is not."""

from __future__ import annotations

from typing import Any

import pytest
from trio.testing import MockClock

from chatd.auth.login_throttle import Attempt, AttemptCounter, LoginThrottle
from chatd.auth.recent import KEPT
from chatd.contract.errors import Refusal
from chatd.contract.sign_in import SignIn, SignUp
from chatd.handlers.sign_in import SignIns, SignUps
from chatd.ports import Caller
from chatd.settings import Settings

HERE, ELSEWHERE = Caller("192.0.2.1"), Caller("198.51.100.7")
FREE, FREE_NAME, FREE_ADDRESS = 5, 20, 100


@pytest.fixture
def login_throttle(mock_clock: MockClock) -> LoginThrottle:
    return LoginThrottle(Settings())


def guess(
    login_throttle: LoginThrottle, name: str = "ada", caller: Caller = HERE, *, right: bool = False
) -> float:
    """One attempt; gives 0, or the seconds after which to try again."""
    attempt = login_throttle.sign_in(name, caller)
    if isinstance(attempt, Refusal):
        assert attempt.code == "rate_limited"
        assert attempt.data is not None
        return float(attempt.data["retry_after"])
    with attempt:
        if right:
            attempt.right()
    return 0.0


def guess_patiently(
    clock: MockClock, login_throttle: LoginThrottle, times: int, caller: Caller = HERE
) -> list[float]:
    """So many wrong guesses, each as soon as it is allowed; gives how long each had to wait."""
    waits = []
    for _ in range(times):
        if wait := guess(login_throttle, caller=caller):
            clock.jump(wait)
            assert guess(login_throttle, caller=caller) == 0, "waiting as told was not enough"
        waits.append(wait)
    return waits


async def test_the_first_wrong_passwords_go_free_and_then_delays_double(
    mock_clock: MockClock, login_throttle: LoginThrottle
) -> None:
    waits = guess_patiently(mock_clock, login_throttle, FREE + 20)
    assert waits[:FREE] == [0] * FREE
    assert waits[FREE : FREE + 10] == pytest.approx([2**n for n in range(10)], abs=0.01)
    assert waits[-5:] == pytest.approx([900] * 5, abs=0.01)


async def test_a_refused_attempt_makes_nothing_worse(
    mock_clock: MockClock, login_throttle: LoginThrottle
) -> None:
    guess_patiently(mock_clock, login_throttle, FREE)
    assert guess(login_throttle) == pytest.approx(1, abs=0.01)
    for _ in range(1000):
        guess(login_throttle)
    mock_clock.jump(0.5)
    assert guess(login_throttle) == pytest.approx(0.5, abs=0.01)


async def test_whoever_always_waits_gets_a_hundred_guesses_a_day(
    mock_clock: MockClock, login_throttle: LoginThrottle
) -> None:
    guess_patiently(mock_clock, login_throttle, 30)
    day = 86_400 + mock_clock.current_time()
    guesses = 0
    while mock_clock.current_time() < day:
        guesses += len(guess_patiently(mock_clock, login_throttle, 1))
    assert guesses <= 100


async def test_wrong_passwords_are_forgotten_after_a_quiet_time(
    mock_clock: MockClock, login_throttle: LoginThrottle
) -> None:
    guess_patiently(mock_clock, login_throttle, FREE + 2)
    mock_clock.jump(900 * (FREE + 2))
    assert guess_patiently(mock_clock, login_throttle, FREE) == [0] * FREE


async def test_a_right_password_clears_the_count(
    mock_clock: MockClock, login_throttle: LoginThrottle
) -> None:
    for _ in range(10):
        assert guess_patiently(mock_clock, login_throttle, FREE - 1) == [0] * (FREE - 1)
        assert guess(login_throttle, right=True) == 0


async def test_right_passwords_are_never_held_up(login_throttle: LoginThrottle) -> None:
    for _ in range(500):
        assert guess(login_throttle, right=True) == 0


async def test_many_guesses_at_once_are_no_way_around(login_throttle: LoginThrottle) -> None:
    attempts = [login_throttle.sign_in("ada", HERE) for _ in range(50)]
    assert sum(isinstance(attempt, Attempt) for attempt in attempts) == FREE


async def test_a_whole_company_signs_in_at_once(login_throttle: LoginThrottle) -> None:
    attempts = [login_throttle.sign_in(f"colleague {number}", HERE) for number in range(FREE_ADDRESS)]
    for attempt in attempts:
        assert isinstance(attempt, Attempt)
        attempt.right()
    assert guess(login_throttle, "one more") == 0


async def test_an_attempt_that_told_nothing_does_not_count(login_throttle: LoginThrottle) -> None:
    for _ in range(FREE * 3):
        attempt = login_throttle.sign_in("ada", HERE)
        assert isinstance(attempt, Attempt)
        with attempt:
            attempt.void()
        attempt = login_throttle.sign_in("ada", HERE)
        assert isinstance(attempt, Attempt)
        with pytest.raises(OSError, match="disk"), attempt:
            raise OSError("disk")


async def test_a_void_attempt_gives_its_turn_back(
    mock_clock: MockClock, login_throttle: LoginThrottle
) -> None:
    guess_patiently(mock_clock, login_throttle, FREE + 3)
    mock_clock.jump(guess(login_throttle))
    attempt = login_throttle.sign_in("ada", HERE)
    assert isinstance(attempt, Attempt)
    assert guess(login_throttle) > 0
    attempt.void()
    assert guess(login_throttle, right=True) == 0


# --- who is not held up -----------------------------------------------------------------------------------


async def test_one_attacker_cannot_lock_a_person_out_elsewhere(
    mock_clock: MockClock, login_throttle: LoginThrottle
) -> None:
    for _ in range(100):
        guess_patiently(mock_clock, login_throttle, 1, caller=ELSEWHERE)
        assert guess(login_throttle) == 0, "a typing error of her own"
        assert guess(login_throttle, right=True) == 0


async def test_many_addresses_together_get_few_guesses_for_one_name(
    mock_clock: MockClock, login_throttle: LoginThrottle
) -> None:
    botnet = [Caller(f"10.0.{number // 250}.{number % 250}") for number in range(5000)]
    assert sum(guess(login_throttle, caller=bot) == 0 for bot in botnet) == FREE_NAME
    guesses = 0
    for bot in botnet[:3600]:
        mock_clock.jump(1)
        guesses += guess(login_throttle, caller=bot) == 0
    assert guesses <= 65  # in an hour


async def test_a_person_gets_in_where_they_were_before_whatever_many_addresses_do(
    mock_clock: MockClock, login_throttle: LoginThrottle
) -> None:
    assert guess(login_throttle, right=True) == 0
    for number in range(100):
        guess(login_throttle, caller=Caller(f"10.0.0.{number}"))
    assert guess(login_throttle, caller=ELSEWHERE) > 0
    assert guess(login_throttle) == 0, "a typing error of her own"
    assert guess(login_throttle, right=True) == 0


async def test_elsewhere_nobody_waits_longer_than_a_minute_for_what_others_did(
    mock_clock: MockClock, login_throttle: LoginThrottle
) -> None:
    for _ in range(50):
        for number in range(250):
            guess(login_throttle, caller=Caller(f"10.0.0.{number}"))
        wait = guess(login_throttle, caller=ELSEWHERE)
        assert wait <= 60.01
        mock_clock.jump(wait)
    assert guess(login_throttle, caller=ELSEWHERE, right=True) == 0


async def test_one_password_tried_on_many_names_is_slowed_by_address(
    mock_clock: MockClock, login_throttle: LoginThrottle
) -> None:
    names = iter(range(10_000))
    assert sum(guess(login_throttle, f"name {next(names)}") == 0 for _ in range(500)) == FREE_ADDRESS
    assert guess(login_throttle, "name", ELSEWHERE) == 0
    guesses = 0
    for _ in range(3600):
        mock_clock.jump(1)
        guesses += guess(login_throttle, f"name {next(names)}") == 0
    assert guesses <= 65  # in an hour


# --- what an attacker learns ------------------------------------------------------------------------------


async def test_a_name_is_counted_in_whatever_case_it_is_typed(login_throttle: LoginThrottle) -> None:
    typed = ["ada", "Ada", "ADA", "ａｄａ", "aDA"]
    assert [guess(login_throttle, name) for name in typed] == [0] * FREE
    assert guess(login_throttle, "adA") > 0


async def test_the_addresses_of_one_ipv6_network_are_one_address(login_throttle: LoginThrottle) -> None:
    for number in range(FREE):
        assert guess(login_throttle, caller=Caller(f"2001:db8:1:2::{number}")) == 0
    assert guess(login_throttle, caller=Caller("2001:db8:1:2:ffff::1")) > 0
    assert guess(login_throttle, caller=Caller("2001:db8:1:3::1")) == 0


async def test_an_address_that_is_held_up_learns_nothing_from_names_that_signed_in_there(
    login_throttle: LoginThrottle,
) -> None:
    assert guess(login_throttle, "resident", right=True) == 0
    for number in range(FREE_ADDRESS):
        guess(login_throttle, f"name {number}")
    assert guess(login_throttle, "resident") == guess(login_throttle, "stranger") > 0


async def test_who_is_held_up_is_refused_before_any_work_is_done(login_throttle: LoginThrottle) -> None:
    for _ in range(FREE):
        guess(login_throttle)
    for _ in range(FREE_ADDRESS):
        login_throttle.sign_up(HERE)
    none: Any = None  # it has no reader, and no passwords
    sign_ins = SignIns(none, none, none, login_throttle, none, none, none)
    sign_ups = SignUps(none, none, none, login_throttle, none, none, none)
    for refused in (
        await sign_ins.sign_in(HERE, SignIn("ada", "a password")),
        await sign_ups.sign_up(HERE, SignUp("ada", "a password")),
    ):
        assert isinstance(refused, Refusal)
        assert refused.code == "rate_limited"


# --- signing up -------------------------------------------------------------------------------------------


async def test_failed_sign_ups_are_slowed_by_address_and_others_are_not(
    mock_clock: MockClock, login_throttle: LoginThrottle
) -> None:
    for _ in range(FREE_ADDRESS * 2):
        attempt = login_throttle.sign_up(HERE)
        assert isinstance(attempt, Attempt)
        with attempt:
            attempt.void()
    for _ in range(FREE_ADDRESS):
        assert isinstance(login_throttle.sign_up(HERE), Attempt)
    refused = login_throttle.sign_up(HERE)
    assert isinstance(refused, Refusal)
    assert refused.code == "rate_limited"
    assert isinstance(login_throttle.sign_up(ELSEWHERE), Attempt)
    assert guess(login_throttle, right=True) == 0
    mock_clock.jump(1.01)
    assert isinstance(login_throttle.sign_up(HERE), Attempt)


# --- off, and memory --------------------------------------------------------------------------------------


async def test_without_limits_and_for_operators_there_are_no_throttle() -> None:
    off, on = LoginThrottle(Settings(limits=False)), LoginThrottle(Settings())
    operator = Caller("admin socket", "operator:0", operator=True)
    for _ in range(1000):
        assert guess(off) == 0
        assert guess(on, caller=operator) == 0
        assert isinstance(off.sign_up(HERE), Attempt)
    assert not off.pairs
    assert not on.pairs


def test_memory_is_bounded_and_forgotten_failures_need_none() -> None:
    counter = AttemptCounter(5, 1, 900, most=100)
    for number in range(500):
        counter.charge(number, 0)
    assert len(counter) <= 100
    for _ in range(5):
        counter.charge("held", 1)
    for number in range(500, 560):
        counter.charge(number, 1)
    assert counter.wait("held", 1) > 0
    for number in range(1000, 1200):
        counter.charge("busy", 10_000 + number * 1000)
        counter.charge(number, 10_000 + number * 1000)
    assert len(counter) < 5


async def test_the_places_that_are_remembered_are_bounded(login_throttle: LoginThrottle) -> None:
    for number in range(KEPT + 10):
        login_throttle.trust((f"name {number}", "192.0.2.1"))
    assert len(login_throttle._trusted) == KEPT
    assert ("name 5", "192.0.2.1") not in login_throttle._trusted

"""Token buckets: how much they let through, what they tell those who must wait, what they keep in memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.auth.rate_limits import Buckets, RateLimits, TokenBucket, network, too_often
from chatd.contract.requests import REQUESTS
from chatd.contract.spec import RequestType
from chatd.ports import Caller
from chatd.settings import Rate, Settings

RATES = st.builds(Rate, st.floats(0.01, 1000), st.integers(1, 1000))
STARTS = st.floats(0, 2e6)  # trio's clock begins at a random time


def told(wait: float) -> float:
    """What a client reads of it."""
    data = too_often(wait).data
    assert data is not None
    return float(data["retry_after"])


def drained(rate: Rate, now: float) -> TokenBucket:
    bucket = TokenBucket(rate)
    while not bucket.take(now):
        pass
    return bucket


@given(RATES, STARTS)
def test_a_new_bucket_gives_its_burst_and_no_more(rate: Rate, now: float) -> None:
    bucket = TokenBucket(rate)
    assert [bucket.take(now) for _ in range(rate.burst)] == [0.0] * rate.burst
    assert bucket.take(now) > 0


@given(RATES, STARTS, st.lists(st.floats(0, 5), max_size=200))
def test_in_the_long_run_a_bucket_gives_its_rate(rate: Rate, start: float, pauses: list[float]) -> None:
    bucket, now, given_, tokens = TokenBucket(rate), start, 0, float(rate.burst)
    for pause in pauses:
        now += pause
        given_ += not bucket.take(now)
        tokens = min(rate.burst, tokens + pause * rate.per_second)
    assert given_ <= rate.burst + (now - start) * rate.per_second + 0.01


@given(RATES, STARTS)
def test_whoever_waits_as_told_is_let_through(rate: Rate, now: float) -> None:
    bucket = drained(rate, now)
    for _ in range(5):
        wait = bucket.take(now)
        now += told(wait)
        assert not wait or bucket.take(now) == 0


@given(RATES, STARTS, st.integers(1, 50))
def test_what_is_promised_is_when_a_token_comes_however_often_one_asks(
    rate: Rate, now: float, asking: int
) -> None:
    bucket = drained(rate, now)
    waits = [bucket.take(now) for _ in range(asking)]
    assert max(waits) == min(waits)
    assert max(waits) <= 1 / rate.per_second * 1.001 + 1e-6
    assert bucket.take(now + waits[0] * 0.9 - 0.002 / rate.per_second) > 0
    assert bucket.take(now + told(waits[0])) == 0


@given(RATES, STARTS, st.integers(1, 5000))
def test_what_is_spent_beyond_the_burst_is_owed(rate: Rate, now: float, tokens: int) -> None:
    bucket = TokenBucket(rate)
    owed = bucket.spend(tokens, now)
    assert owed == pytest.approx(max(0, tokens - rate.burst) / rate.per_second, rel=1e-3, abs=1e-6)
    assert bucket.spend(0, now + owed) == pytest.approx(0, abs=1e-6)


def test_looking_at_a_bucket_takes_nothing() -> None:
    bucket = TokenBucket(Rate(1, 1))
    assert bucket.wait(0) == bucket.wait(0) == bucket.take(0) == 0
    assert bucket.wait(0) == bucket.take(0) > 0


def test_asking_in_vain_does_not_make_the_wait_longer_for_who_asks_next() -> None:
    bucket = drained(Rate(1, 5), 0)
    for _ in range(100):
        bucket.take(0)
    assert bucket.take(1.0) == 0


def test_one_account_does_not_use_up_the_tokens_of_another() -> None:
    buckets = Buckets(Rate(1, 1))
    assert buckets.take("ann", 0) == 0
    assert buckets.take("ann", 0) > 0
    assert buckets.take("bob", 0) == 0


def test_memory_is_bounded_and_the_least_recently_used_go_first() -> None:
    buckets = Buckets(Rate(0.001, 1), most=100)
    for number in range(100):
        buckets.take(str(number), 0)
    assert buckets.take("0", 0) > 0  # used once more
    for number in range(100, 199):
        buckets.take(str(number), 0)
    assert len(buckets) <= 100
    assert buckets.take("0", 0) > 0
    assert buckets.take("1", 0) == 0  # forgotten: it begins anew


def test_full_buckets_need_no_memory() -> None:
    buckets = Buckets(Rate(10, 10))
    for number in range(1000):
        buckets.take(f"crowd {number}", 0)
    assert len(buckets) == 1000
    for number in range(1000):
        buckets.take("the only one who is left", 60 + number)
        buckets.take(f"passer-by {number}", 60 + number)
    assert len(buckets) < 10


# --- classes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", REQUESTS.values(), ids=lambda entry: entry.name)
def test_what_strangers_may_ask_counts_by_address_and_the_rest_by_account(entry: RequestType) -> None:
    assert (entry.rate in ("open", "refresh", "sign_in", "sign_up")) == (entry.asker == "anyone")
    if entry.asker != "anyone":
        reads = entry.kind == "query" or entry.verb == "export"  # an export is a command: it is logged
        assert (entry.rate == "query") == reads


def test_every_class_of_requests_has_its_own_budget() -> None:
    limits = RateLimits(Settings(rate_post="1/1", rate_query="1/1", rate_sign_in="1/1"))
    ann = Caller("192.0.2.1", "ann", "ann")
    assert limits.take("post", ann, 0) == 0
    assert limits.take("post", ann, 0) > 0
    assert limits.take("query", ann, 0) == 0
    assert limits.take("sign_in", ann, 0) == 0
    assert limits.take("sign_in", Caller("192.0.2.1"), 0) > 0  # whoever asks: the address counts
    assert limits.take("sign_in", Caller("192.0.2.2"), 0) == 0


def test_sessions_of_one_account_share_its_budget_from_wherever_they_are() -> None:
    limits = RateLimits(Settings(rate_post="1/2"))
    for number in range(2):
        assert limits.take("post", Caller(f"192.0.2.{number}", "ann", "ann", f"device{number}"), 0) == 0
    assert limits.take("post", Caller("192.0.2.9", "ann", "ann", "device9"), 0) > 0


def test_opening_sessions_counts_for_the_address_and_for_the_account() -> None:
    limits = RateLimits(Settings(rate_open="1/1", rate_address="1/2"))
    assert limits.take("open", Caller("192.0.2.1"), 0) == 0
    assert limits.take_opening("ann", 0) == 0
    assert limits.take("open", Caller("192.0.2.1"), 0) == 0
    assert limits.take_opening("ann", 0) > 0
    assert limits.take("open", Caller("192.0.2.1"), 0) > 0


def test_two_thousand_clients_behind_one_address_come_back_at_once() -> None:
    limits = RateLimits(Settings())
    crowd = Caller("192.0.2.1")
    for number in range(2000):
        assert limits.take("refresh", crowd, 0) == 0
        assert limits.take("open", crowd, 0) == 0
        assert limits.take_opening(f"account {number}", 0) == 0


def test_an_account_may_do_at_once_what_one_of_its_sessions_may_and_in_the_long_run_what_people_do() -> None:
    settings = Settings()
    for rate in (settings.rate_post, settings.rate_write, settings.rate_query, settings.rate_signal):
        parsed = Rate.parse(rate)
        assert parsed.burst >= settings.rate_burst
        assert parsed.per_second <= 20
    assert Rate.parse(settings.rate_post).per_second <= 2


def test_all_bots_of_an_account_share_a_rate_which_is_not_that_of_people() -> None:
    limits = RateLimits(Settings(rate_post="1/1", rate_bot="1/2"))
    bots = [Caller("192.0.2.1", bot, bot, owner="ann") for bot in ("rex", "fido")]
    assert [limits.take("post", bot, 0) for bot in bots] == [0, 0]
    assert all(limits.take("post", bot, 0) > 0 for bot in bots)
    assert limits.take("post", Caller("192.0.2.1", "ann", "ann"), 0) == 0
    assert limits.rates(bots[0])["post"].burst == 2
    assert limits.rates(Caller("192.0.2.1", "ann", "ann"))["post"].burst == 1


def test_the_addresses_of_one_ipv6_network_count_as_one() -> None:
    assert network("2001:db8:1:2::3") == network("2001:db8:1:2:ffff::4") != network("2001:db8:1:3::3")
    assert network("fe80::1%eth0") == network("fe80::2")
    assert network("192.0.2.1") == "192.0.2.1"


# --- words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "1", "1/0", "0/1", "-1/1", "1/1.5", "a/b", "1/1/1", "inf/1", "1e9/1"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="requests a second"):
        Rate.parse(text)
    with pytest.raises(ValueError, match="rate_post"):
        Settings(rate_post=text)


def test_a_rate_is_written_as_requests_a_second_and_at_once() -> None:
    assert Rate.parse("0.5/30") == Rate(0.5, 30)


@given(st.floats(0.0001, 1e6))
def test_a_refusal_never_tells_too_short_a_wait(wait: float) -> None:
    assert wait <= told(wait) <= wait + 0.0011

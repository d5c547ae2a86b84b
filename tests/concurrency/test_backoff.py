"""Delays grow between tries that fail, and start over with one that succeeds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chatd.concurrency.backoff import Backoff, full_jitter

FIRST, LONGEST = 0.25, 30.0


def test_backoff_doubles_up_to_its_longest_and_starts_over() -> None:
    backoff = Backoff(FIRST, LONGEST)
    delays = [backoff.next_delay() for _ in range(10)]
    assert delays[:3] == [FIRST, 2 * FIRST, 4 * FIRST]
    assert max(delays) == LONGEST
    assert backoff.failures == 10
    backoff.reset()
    assert backoff.next_delay(at_least=3) == 3 + FIRST


def test_a_server_that_is_gone_for_a_year_is_still_tried() -> None:
    backoff = Backoff(FIRST, LONGEST, failures=10**6)
    assert backoff.next_delay() == LONGEST


@given(st.integers(0, 100), st.floats(0, 1000))
def test_jitter_never_waits_longer_and_never_less_than_what_was_asked_for(
    failures: int, asked: float
) -> None:
    plain = Backoff(FIRST, LONGEST, failures=failures).next_delay(asked)
    assert asked <= Backoff(FIRST, LONGEST, full_jitter, failures).next_delay(asked) <= plain

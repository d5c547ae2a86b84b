"""What can be taken once: not twice, not late, not without its secret, and never too much of it."""

from __future__ import annotations

import trio.testing

from chatd.auth.one_time_tokens import OneTimeTokens


async def test_a_value_is_given_back_once(autojump_clock: trio.testing.MockClock) -> None:
    kept: OneTimeTokens[str] = OneTimeTokens(60, 10)
    first, second = kept.keep("first"), kept.keep("second")
    assert first != second
    assert kept.take("another secret") is None
    assert (kept.take(first), kept.take(first), kept.take(second)) == ("first", None, "second")


async def test_a_value_is_kept_for_its_time_and_no_longer(autojump_clock: trio.testing.MockClock) -> None:
    kept: OneTimeTokens[str] = OneTimeTokens(60, 10)
    early, late = kept.keep("early"), kept.keep("late")
    await trio.sleep(59)
    assert kept.take(early) == "early"
    await trio.sleep(1)
    assert kept.take(late) is None


async def test_the_oldest_makes_room(autojump_clock: trio.testing.MockClock) -> None:
    kept: OneTimeTokens[int] = OneTimeTokens(60, 3)
    secrets = [kept.keep(number) for number in range(5)]
    assert len(kept) == 3
    assert [kept.take(secret) for secret in secrets] == [None, None, 2, 3, 4]


async def test_what_is_over_is_forgotten(autojump_clock: trio.testing.MockClock) -> None:
    kept: OneTimeTokens[int] = OneTimeTokens(60, 1000)
    for _ in range(5):
        kept.keep(0)
        await trio.sleep(31)
    assert len(kept) <= 3


async def test_secrets_are_not_kept() -> None:
    kept: OneTimeTokens[str] = OneTimeTokens(60, 10)
    assert kept.keep("a value") not in repr(vars(kept))

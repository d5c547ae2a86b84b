"""One-time codes, as RFC 6238 gives them in its appendix B."""

from __future__ import annotations

import pytest

from chatd.domain import totp

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    step = totp.step_at(seconds * 1000)
    assert totp.code(SECRET, step) == code
    assert totp.step_of(SECRET, code, seconds * 1000, 0) == step


@pytest.mark.parametrize(("late", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_a_step_off(late: int, right: bool) -> None:
    at = 1_000_000 * totp.STEP
    given = totp.code(SECRET, 1_000_000 + late)
    assert (totp.step_of(SECRET, given, at, 0) is not None) == right


def test_a_step_is_used_once_and_so_are_those_before_it() -> None:
    at = 1_000_000 * totp.STEP
    for step in (999_999, 1_000_000):
        assert totp.step_of(SECRET, totp.code(SECRET, step), at, 1_000_000) is None
    assert totp.step_of(SECRET, totp.code(SECRET, 1_000_001), at, 1_000_000) == 1_000_001


@pytest.mark.parametrize("given", ["", "28708", "2870820", "２８７０８２", "abcdef"])
def test_what_is_no_code_is_none(given: str) -> None:
    assert totp.step_of(SECRET, given, 59_000, 0) is None


def test_the_uri_is_what_apps_read() -> None:
    uri = totp.uri(SECRET, "ann", "Our: chat")
    assert uri == ("otpauth://totp/Our%20chat:ann?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Our%20chat")

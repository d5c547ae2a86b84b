"""Which backups a rule keeps."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chatd.domain.backup_rule import Rule


def made(*times: str) -> list[tuple[str, int]]:
    return [
        (time, int(datetime.fromisoformat(time).replace(tzinfo=UTC).timestamp() * 1000)) for time in times
    ]


TIMES = made(
    *("2026-01-01T10:00", "2026-02-28T23:59", "2026-03-01T00:00", "2026-03-01T12:00", "2026-03-02T09:00"),
    *("2026-03-02T09:30", "2026-03-02T23:00"),
)


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        ("last 1", TIMES[-1:]),
        ("last 3", TIMES[-3:]),
        ("last 100", TIMES),
        ("daily 2", [TIMES[3], TIMES[6]]),
        ("daily 3", [TIMES[1], TIMES[3], TIMES[6]]),
        ("hourly 2", [TIMES[5], TIMES[6]]),
        ("weekly 2", [TIMES[3], TIMES[6]]),
        ("monthly 3", [TIMES[0], TIMES[1], TIMES[6]]),
        ("yearly 5", TIMES[-1:]),
        ("last 2, monthly 2", [TIMES[1], TIMES[5], TIMES[6]]),
    ],
)
def test_of_each_period_the_newest_stays(rule: str, kept: list[tuple[str, int]]) -> None:
    assert Rule.parse(rule).kept(TIMES) == {id_ for id_, _ in kept}
    assert Rule.parse(rule).kept(TIMES[::-1]) == {id_ for id_, _ in kept}


@pytest.mark.parametrize(
    "text", ["", " , ", "last", "last 0", "daily -1", "never 3", "last 3 daily 2", "last 9999999", "a" * 99]
)
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be like"):
        Rule.parse(text)


def test_without_backups_nothing_is_kept() -> None:
    assert Rule.parse("last 3").kept([]) == set()

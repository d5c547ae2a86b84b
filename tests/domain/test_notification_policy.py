"""Who is told of a message, as what, and how loudly."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chatd.domain.internal import Notify
from chatd.domain.policy.notification import notification_for

AT = 1_700_000_000_000


def recipient(**fields: Any) -> dict[str, Any]:
    """Somebody whom a message in a room does not concern, but for `fields`."""
    return {
        "position": 7,
        "room": "hall",
        "seq": 3,
        "at": AT,
        "by": "ann",
        "thread": None,
        "account": "bob",
        "mentioned": False,
        "direct": False,
        "following": False,
        "level": None,
        "muted_until": None,
        "quiet_from": None,
        "quiet_to": None,
        "time_zone": None,
        "read": False,
    } | fields


def kind(**fields: Any) -> str | None:
    told = notification_for(recipient(**fields))
    return told and told.kind


def test_a_mention_says_where_it_came_from() -> None:
    assert notification_for(recipient(mentioned=True)) == Notify("mention", "hall", 3, "ann", 7, quiet=False)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, None),
        ({"mentioned": True}, "mention"),
        ({"following": True}, "thread"),
        ({"direct": True}, "direct"),
        ({"level": "all"}, "message"),
        ({"direct": True, "mentioned": True, "following": True}, "direct"),
        ({"mentioned": True, "following": True, "level": "all"}, "mention"),
        ({"following": True, "level": "all"}, "thread"),
    ],
)
def test_the_nearest_reason_is_the_one_that_is_told(fields: dict[str, Any], expected: str | None) -> None:
    assert kind(**fields) == expected


@pytest.mark.parametrize("reason", ["following", "direct"])
def test_the_levels_of_a_room(reason: str) -> None:
    assert kind(level="none", **{reason: True}) is None
    assert kind(level="mentions") is None
    assert kind(level="all", **{reason: True})


@pytest.mark.parametrize("direct", [False, True])
def test_at_the_level_of_mentions_only_mentions_and_threads_count(direct: bool) -> None:
    assert kind(level="mentions", direct=direct) is None
    assert kind(level="mentions", direct=direct, mentioned=True) == "mention"
    assert kind(level="mentions", direct=direct, following=True) == "thread"


@pytest.mark.parametrize("reason", ["following", "direct"])
def test_a_muted_room_says_nothing_until_its_time_is_over(reason: str) -> None:
    assert kind(muted_until=AT + 1, **{reason: True}) is None
    assert kind(muted_until=AT, **{reason: True})


def test_nobody_is_told_of_what_they_have_read() -> None:
    assert kind(direct=True, read=True) is None


def test_a_mention_that_was_heard_is_told_whatever_has_changed_since_quietly_if_it_was_read() -> None:
    for since in ({"level": "none"}, {"muted_until": AT + 1}, {"read": True}):
        told = notification_for(recipient(mentioned=True, **since))
        assert told is not None
        assert (told.kind, told.quiet) == ("mention", "read" in since)


# --- quietly -----------------------------------------------------------------------------------------


def quiet(local: str, begin: int | None, end: int | None, zone: str | None = "Europe/Vienna") -> bool:
    """Whether a mention at that local time is quiet."""
    place = ZoneInfo(zone) if zone else ZoneInfo("UTC")
    at = int(datetime.fromisoformat(local).replace(tzinfo=place).timestamp() * 1000)
    told = notification_for(recipient(mentioned=True, at=at, quiet_from=begin, quiet_to=end, time_zone=zone))
    assert told is not None
    return told.quiet


NIGHT = (22 * 60, 7 * 60)
NOON = (12 * 60, 13 * 60 + 30)


@pytest.mark.parametrize(
    ("clock", "hours", "expected"),
    [
        ("11:59", NOON, False),
        ("12:00", NOON, True),
        ("13:29", NOON, True),
        ("13:30", NOON, False),
        ("21:59", NIGHT, False),
        ("22:00", NIGHT, True),
        ("00:00", NIGHT, True),
        ("06:59", NIGHT, True),
        ("07:00", NIGHT, False),
    ],
)
def test_quiet_hours_are_local_and_may_span_midnight(
    clock: str, hours: tuple[int, int], expected: bool
) -> None:
    for day in ("2024-01-15", "2024-07-15"):  # winter time and summer time
        assert quiet(f"{day}T{clock}", *hours) is expected


@pytest.mark.parametrize("hours", [(600, 600), (None, 600), (600, None)])
def test_hours_that_begin_when_they_end_or_are_half_said_are_none(hours: tuple[Any, Any]) -> None:
    assert not quiet("2024-01-15T10:00", *hours)


def test_hours_without_a_zone_are_utc() -> None:
    assert quiet("2024-01-15T22:30", *NIGHT, zone=None)


@pytest.mark.parametrize("zone", ["Atlantis/Capital", "../../etc/passwd", "America"])
def test_a_zone_that_is_unknown_here_is_utc(zone: str) -> None:
    told = notification_for(
        recipient(mentioned=True, at=22 * 3_600_000, quiet_from=22 * 60, quiet_to=0, time_zone=zone)
    )
    assert told is not None
    assert told.quiet


def test_who_does_not_want_to_be_disturbed_is_told_quietly() -> None:
    told = notification_for(recipient(direct=True), dnd=True)
    assert told is not None
    assert told.quiet

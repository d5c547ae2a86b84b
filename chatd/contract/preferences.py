"""Preferences: quiet hours and receipts."""

from __future__ import annotations

from msgspec import Struct

from chatd.contract.fields import (
    MAX_PAGE,
    Id,
    Limit,
    Minute,
    TimeZone,
)
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command, query
from chatd.contract.subscription import Subscription


class UpdatePreferences(Struct, frozen=True):
    quiet_from: Minute | None = None
    quiet_to: Minute | None = None  # the same as `quiet_from`: never
    time_zone: TimeZone | None = None
    receipts: bool | None = None


class GetPreferences(Struct, frozen=True):
    after: Id | None = None
    limit: Limit = MAX_PAGE


class Preferences(Struct, frozen=True, kw_only=True):
    """`quiet_from` and `quiet_to` are minutes from midnight in `time_zone`."""

    quiet_from: int | None
    quiet_to: int | None
    time_zone: str | None
    receipts: bool


class PreferencesResult(Struct, frozen=True, kw_only=True):
    """The subscriptions come in pages, by room id; the preferences with each of them."""

    preferences: Preferences
    subscriptions: list[Subscription]
    next: Id | None


REQUESTS: tuple[RequestType, ...] = (
    command(
        "preferences.update",
        UpdatePreferences,
        doc="Quiet hours and receipts.",
        http=Http("PATCH", "/preferences"),
        scope="read",
        decided_by="account",
        events=("preferences.updated",),
        notes=(
            "Quiet hours go from `quiet_from` to `quiet_to`, minutes from midnight in `time_zone` (an IANA"
            " name; UTC without one), over midnight if `quiet_to` is the earlier. When both are the same or"
            " one is missing there are none. They are compared with the time of the message.",
            "In quiet hours and in `dnd` notifications come with `quiet: true`: they are listed like"
            " others, and a client shows them without sound.",
            "`receipts: false` hides the account's receipts from others. Fields that are left out stay as"
            " they are.",
        ),
    ),
    query(
        "preferences.get",
        GetPreferences,
        PreferencesResult,
        doc="The caller's preferences and subscriptions.",
        http=Http("GET", "/preferences"),
        scope="read",
    ),
)

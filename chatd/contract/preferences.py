"""Preferences: quiet hours, receipts, and what a client shows the same on all devices of an account."""

from __future__ import annotations

from msgspec import Struct

from chatd.contract.fields import (
    MAX_PAGE,
    Emoji,
    Favourites,
    Id,
    Limit,
    Minute,
    QuickReactions,
    RoomOrder,
    SpaceOrder,
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
    favourites: Favourites | None = None
    space_order: SpaceOrder | None = None
    room_order: RoomOrder | None = None
    quick_reactions: QuickReactions | None = None
    push_preview: bool | None = None


class GetPreferences(Struct, frozen=True):
    after: Id | None = None
    limit: Limit = MAX_PAGE


class Preferences(Struct, frozen=True, kw_only=True):
    """`quiet_from` and `quiet_to` are minutes from midnight in `time_zone`. The lists are empty until set."""

    quiet_from: int | None
    quiet_to: int | None
    time_zone: str | None
    receipts: bool
    favourites: list[Id]
    space_order: list[Id]
    room_order: list[Id]
    quick_reactions: list[Emoji]
    push_preview: bool


class PreferencesResult(Struct, frozen=True, kw_only=True):
    """The subscriptions come in pages, by room id; the preferences with each of them."""

    preferences: Preferences
    subscriptions: list[Subscription]
    next: Id | None


REQUESTS: tuple[RequestType, ...] = (
    command(
        "preferences.update",
        UpdatePreferences,
        doc="Quiet hours, receipts, favourites, an order of one's own, push.",
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
            "`favourites` are rooms in the order in which a client shows them. `space_order` and `room_order`"
            " come before what they do not name: a client sorts the rooms of each space by their place in"
            " `room_order`, then the rest by name. `quick_reactions` are the emoji that a client offers"
            " first. A list is replaced as a whole, `[]` empties it, and nothing may stand in it twice.",
            "The server keeps ids of rooms and spaces as they are given. A room that was left stays listed"
            " and has its place again when the account comes back; a client passes over what it does not"
            " know.",
            "`push_preview: false`: what is pushed to devices (`push.subscribe`) says who wrote in which"
            " room, but not the text.",
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

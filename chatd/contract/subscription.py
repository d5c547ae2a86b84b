"""Subscriptions: how an account hears of a room."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from chatd.contract.fields import Id, Level, Time
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command


class UpdateSubscription(Struct, frozen=True):
    room: Id
    level: Level | None = None
    mute_for: Annotated[int, Meta(ge=0, le=10 * 366 * 86400)] | None = None  # seconds; 0 ends it


class Subscription(Struct, frozen=True, kw_only=True):
    """`level` is null where the account has not chosen; `muted_until` is 0 or null when it is not muted."""

    room: Id
    level: Level | None
    muted_until: Time | None


REQUESTS: tuple[RequestType, ...] = (
    command(
        "subscription.update",
        UpdateSubscription,
        doc="Sets how the caller is notified of a room.",
        http=Http("PATCH", "/rooms/{room}/subscription"),
        scope="read",
        refusals=("not_found",),
        events=("subscription.updated",),
        notes=(
            "`level` says which kinds notify: `all`, `mentions` (all but `message`), or `none`. Without a"
            " choice it is `mentions`, and `all` in a direct room.",
            "`mute_for` is in seconds, 0 ends the mute. Nothing comes from a muted room, and of what the"
            " account has read already only mentions, without a sound. A mention that comes while the room is"
            " muted or its level is `none` does not count in `unread.list` either.",
            "Fields that are left out stay as they are.",
        ),
    ),
)

"""What people can ask about what is theirs alone: what reaches them, what they keep, who is there."""

from __future__ import annotations

from typing import Annotated

import attrs
from msgspec import Meta

from chatd.contract.fields import DEFAULT_PAGE, Id, Label, Level, Limit, Minute, PresenceState, Seq, TimeZone

Ids = Annotated[list[Id], Meta(max_length=500)]


@attrs.frozen
class OpenDirect:
    accounts: Annotated[list[Id], Meta(max_length=49)]


@attrs.frozen
class ListUnread:
    pass


# --- presence ---------------------------------------------------------------------------------------


@attrs.frozen
class SetPresence:
    state: PresenceState


@attrs.frozen
class WatchPresence:
    accounts: Ids


# --- notifications ----------------------------------------------------------------------------------


@attrs.frozen
class ListNotifications:
    after: Id | None = None
    unread: bool = False
    limit: Limit = DEFAULT_PAGE


@attrs.frozen
class ReadNotifications:
    ids: Annotated[list[Id], Meta(min_length=1, max_length=500)]


@attrs.frozen
class UpdateSubscription:
    room: Id
    level: Level | None = None
    mute_for: Annotated[int, Meta(ge=0, le=10 * 366 * 86400)] | None = None  # seconds; 0 ends it


@attrs.frozen
class UpdatePreferences:
    quiet_from: Minute | None = None
    quiet_to: Minute | None = None  # the same as `quiet_from`: never
    time_zone: TimeZone | None = None
    receipts: bool | None = None


@attrs.frozen
class GetPreferences:
    pass


# --- saved things -----------------------------------------------------------------------------------


@attrs.frozen
class AddBookmark:
    room: Id
    seq: Seq
    note: Label | None = None


@attrs.frozen
class RemoveBookmark:
    room: Id
    seq: Seq


@attrs.frozen
class ListBookmarks:
    after: Label | None = None
    limit: Limit = DEFAULT_PAGE


@attrs.frozen
class SetDraft:
    room: Id
    text: Annotated[str, Meta(max_length=10_000)]  # empty: there is no draft any more
    thread: Seq | None = None


@attrs.frozen
class ListDrafts:
    pass

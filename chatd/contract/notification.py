"""Notifications of messages that concern an account."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct, field

from chatd.contract.fields import DEFAULT_PAGE, Id, Limit, NotificationKind, Time
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command, query


class ListNotifications(Struct, frozen=True):
    after: Id | None = None
    unread: bool = False
    limit: Limit = DEFAULT_PAGE


class ReadNotifications(Struct, frozen=True):
    ids: Annotated[list[Id], Meta(min_length=1, max_length=500)]


class Notification(Struct, frozen=True, kw_only=True):
    """`from` is the author of the message, `quiet`: a client makes no sound. `seq` is null where `kind` is
    `scheduled`, and `scheduled` and `reason` only there are not."""

    id: Id
    kind: NotificationKind
    room: Id
    seq: int | None
    from_: Id = field(name="from")
    at: Time
    quiet: bool
    read: bool
    scheduled: Id | None
    reason: str | None


class NotificationPage(Struct, frozen=True, kw_only=True):
    """The newest first. `next` is the `after` of the following page; `unread` counts all unread ones."""

    notifications: list[Notification]
    next: Id | None
    unread: int


REQUESTS: tuple[RequestType, ...] = (
    query(
        "notification.list",
        ListNotifications,
        NotificationPage,
        doc="The caller's notifications, newest first.",
        http=Http("GET", "/notifications"),
        scope="read",
        refusals=("not_found",),
        notes=(
            "A notification is read when `notification.read` says so, when the read marker of its room has"
            " passed the message, or when the account has left the room since and joined it again."
            " Notifications of deleted messages, of rooms that the caller is not in and of authors that it"
            " blocks are not listed, nor a `mention` while the text does not mention the account. `unread`"
            " counts all that are not read.",
            "A message notifies the members of its room except its author, once each; an edit notifies"
            " those whom it mentions and no earlier version did, as `mention`, if they were in the room when"
            " the message came, except in a direct room whose level is `all`. `kind` is `direct` in a direct"
            " room whose level is `all`, else `mention` if it mentions the account, else `thread` if it is a"
            " reply in a thread that the account follows, else `message`.",
            "A message of one's own that was to be posted later and never will be is a notification of the"
            " `kind` `scheduled`: `scheduled` is its id in `message.scheduled`, `reason` says why. It is read"
            " when `notification.read` says so.",
            "What delivers notifications elsewhere follows the event `notification.created`.",
        ),
    ),
    command(
        "notification.read",
        ReadNotifications,
        doc="Marks notifications as read.",
        http=Http("POST", "/notifications/read"),
        scope="read",
        decided_by="account",
        events=("notification.read",),
    ),
)

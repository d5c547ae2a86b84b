"""What an account has not read yet."""

from __future__ import annotations

from msgspec import Struct

from chatd.contract.fields import (
    MAX_PAGE,
    Id,
    Limit,
)
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, query


class ListUnread(Struct, frozen=True):
    after: Id | None = None
    limit: Limit = MAX_PAGE


class UnreadRoom(Struct, frozen=True, kw_only=True):
    """`unread` and `mentions` are counts; `first_unread` is a seq, or null."""

    room: Id
    read: int
    head: int
    unread: int
    mentions: int
    first_unread: int | None


class UnreadList(Struct, frozen=True, kw_only=True):
    """By room id."""

    rooms: list[UnreadRoom]
    next: Id | None


REQUESTS: tuple[RequestType, ...] = (
    query(
        "unread.list",
        ListUnread,
        UnreadList,
        doc="What is unread in each of the caller's rooms.",
        http=Http("GET", "/unread"),
        scope="read",
        notes=(
            "Unread are the messages of others, not deleted, that came after the read marker and after the"
            " account's own (last) joining of the room. `mentions` counts those that mention the account by"
            " its name, by `@room`, or by `@here` when it was there. `first_unread` is the `seq` of the"
            " first, or `null`. One's own posts do not move the marker.",
            "Outside direct rooms `mentions` counts the messages of which `notification.list` has an unread"
            " `mention`, and those that only `notification.read` has marked. The text as it reads now"
            " mentions whom it names, unless they did not hear the room or the author (level `none`, a mute,"
            " a block) when a version of it named them first.",
        ),
    ),
)

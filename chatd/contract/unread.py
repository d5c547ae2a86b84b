"""What an account has not read yet."""

from __future__ import annotations

import attrs

from chatd.contract.fields import (
    MAX_PAGE,
    Id,
    Limit,
)
from chatd.contract.rows import result
from chatd.contract.spec import RequestType, query


@attrs.frozen
class ListUnread:
    after: Id | None = None
    limit: Limit = MAX_PAGE


@result
class UnreadRoom:
    """`unread` and `mentions` are counts; `first_unread` is a seq, or null."""

    room: Id
    read: int
    head: int
    unread: int
    mentions: int
    first_unread: int | None


@result
class UnreadList:
    """By room id."""

    rooms: list[UnreadRoom]
    next: Id | None


REQUESTS: tuple[RequestType, ...] = (
    query(
        "unread.list",
        ListUnread,
        UnreadList,
        doc="What is unread in each of the caller's rooms.",
        scope="read",
        notes=(
            "Unread are the messages of others, not deleted, that came after the read marker and after the"
            " account's own (last) joining of the room. `mentions` counts those that mention the account by"
            " its name, by `@room`, or by `@here` when it was there, as the text reads now, and of which it"
            " was told (see `notification.list`). `first_unread` is the `seq` of the"
            " first, or `null`. One's own posts do not move the marker.",
        ),
    ),
)

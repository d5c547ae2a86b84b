"""Threads: the replies to a message, and replies to those."""

from __future__ import annotations

from msgspec import Struct

from chatd.contract.fields import DEFAULT_PAGE, Id, Limit, Seq
from chatd.contract.http import Http
from chatd.contract.message import Message, MessagePage
from chatd.contract.spec import RequestType, command, query


class ThreadHistory(Struct, frozen=True):
    room: Id
    seq: Seq
    before: Seq | None = None
    after: Seq | None = None
    limit: Limit = DEFAULT_PAGE


class FollowThread(Struct, frozen=True):
    room: Id
    seq: Seq


class UnfollowThread(Struct, frozen=True):
    room: Id
    seq: Seq


class ThreadPage(MessagePage, frozen=True, kw_only=True):
    """The replies, the oldest first, and the message that the thread began with.

    `following` says whether the caller is notified of new replies."""

    root: Message
    following: bool


REQUESTS: tuple[RequestType, ...] = (
    query(
        "thread.history",
        ThreadHistory,
        ThreadPage,
        doc="A page of the replies in a thread, oldest first.",
        http=Http("GET", "/rooms/{room}/threads/{seq}"),
        scope="read",
        refusals=("not_found",),
        notes=(
            "`seq` is any message of the thread; `root` is the message that began it. There are no threads"
            " in threads. Replies stand in `room.history` like all messages.",
        ),
    ),
    command(
        "thread.follow",
        FollowThread,
        doc="Follows a thread: notifies of new replies.",
        http=Http("PUT", "/rooms/{room}/threads/{seq}/follow"),
        scope="read",
        refusals=("not_found",),
        events=("thread.followed",),
        notes=(
            "Whoever began a thread or wrote in it follows it too, until `thread.unfollow`. Followers are"
            " notified of new replies.",
        ),
    ),
    command(
        "thread.unfollow",
        UnfollowThread,
        doc="Stops following a thread.",
        http=Http("DELETE", "/rooms/{room}/threads/{seq}/follow"),
        scope="read",
        refusals=("not_found",),
        events=("thread.unfollowed",),
    ),
)

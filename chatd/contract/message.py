"""Messages."""

from __future__ import annotations

import attrs

from chatd.contract.fields import (
    DEFAULT_PAGE,
    Id,
    Label,
    Limit,
    Nonce,
    Query,
    Reason,
    Seconds,
    Seq,
    Text,
    Time,
)
from chatd.contract.rows import result
from chatd.contract.spec import RequestType, command, query


@attrs.frozen
class PostMessage:
    room: Id
    text: Text
    nonce: Nonce | None = None
    reply_to: Seq | None = None
    expires_in: Seconds | None = None


@attrs.frozen
class EditMessage:
    room: Id
    seq: Seq
    text: Text


@attrs.frozen
class DeleteMessage:
    room: Id
    seq: Seq
    reason: Reason | None = None


@attrs.frozen
class GetMessage:
    room: Id
    seq: Seq


@attrs.frozen
class ListEdits:
    room: Id
    seq: Seq


@attrs.frozen
class SearchMessages:
    text: Query | None = None
    space: Id | None = None
    room: Id | None = None
    by: Id | None = None
    before: Time | None = None
    after: Time | None = None
    has_link: bool | None = None
    has_file: bool | None = None
    limit: Limit = DEFAULT_PAGE
    cursor: Label | None = None


@attrs.frozen
class ScheduleMessage:
    room: Id
    text: Text
    post_at: Time
    reply_to: Seq | None = None
    expires_in: Seconds | None = None


@attrs.frozen
class UnscheduleMessage:
    scheduled: Id


@attrs.frozen
class ListScheduled:
    pass


@attrs.frozen
class ReportMessage:
    room: Id
    seq: Seq
    reason: Reason


@result
class Reaction:
    """`accounts` are the first 100 of `count`."""

    emoji: str
    count: int
    accounts: list[Id]


@result
class ThreadSummary:
    replies: int
    last_at: Time


@result
class Message:
    """A message as it reads now. `text` is null when it was deleted; `thread` is null without replies."""

    seq: int
    position: int
    at: Time
    by: Id
    text: str | None
    nonce: str | None
    reply_to: int | None
    attachments: list[Id]
    mentions: list[str]  # ids of accounts, `here`, `room`
    reactions: list[Reaction]
    edited_at: Time | None
    expires_at: Time | None
    deleted: bool
    pinned: bool
    thread: ThreadSummary | None


@result
class Posted:
    seq: int
    position: int
    at: Time


@result
class MessageResult:
    message: Message


@result
class MessagePage:
    """The oldest first. Only `more_before` and `more_after` say whether there is more."""

    messages: list[Message]
    more_before: bool
    more_after: bool


@result
class MessageVersion:
    at: Time
    by: Id
    text: str


@result
class MessageVersions:
    """The oldest first; none of a deleted message."""

    versions: list[MessageVersion]


@result
class SearchHit:
    """`highlights` are `[start, end)` in the snippet, in characters."""

    room: Id
    seq: int
    position: int
    at: Time
    by: Id
    snippet: str
    highlights: list[tuple[int, int]]


@result
class SearchPage:
    """The newest first. `next` is the `cursor` of the following page, null at the end."""

    hits: list[SearchHit]
    next: str | None


@result
class ScheduledMessage:
    """`failed` says why it could not be posted, null while it waits."""

    id: Id
    room: Id
    text: str
    reply_to: int | None
    expires_in: int | None
    post_at: Time
    created_at: Time
    failed: str | None


@result
class ScheduledResult:
    scheduled: ScheduledMessage


@result
class ScheduledList:
    """The next to be posted first."""

    scheduled: list[ScheduledMessage]


REQUESTS: tuple[RequestType, ...] = (
    command(
        "message.post",
        PostMessage,
        Posted,
        doc="Posts a message, exactly once per nonce.",
        scope="post",
        decided_by="room",
        rate="post",
        pipelined=True,
        refusals=("not_found", "conflict"),
        events=("message.posted", "message.deleted", "notification.created"),
    ),
    command(
        "message.edit",
        EditMessage,
        doc="Replaces the text of the caller's message.",
        scope="post",
        decided_by="room",
        refusals=("not_found",),
        events=("message.edited",),
    ),
    command(
        "message.delete",
        DeleteMessage,
        doc="Erases the text of a message, for good.",
        scope="post",
        decided_by="room",
        refusals=("not_found",),
        events=("message.deleted",),
    ),
    query(
        "message.get", GetMessage, MessageResult, doc="One message.", scope="read", refusals=("not_found",)
    ),
    query(
        "message.edits",
        ListEdits,
        MessageVersions,
        doc="The versions of a message, for its author and moderators.",
        scope="read",
        refusals=("not_found",),
    ),
    query(
        "message.search",
        SearchMessages,
        SearchPage,
        doc="Finds messages that the caller may see, newest first.",
        scope="read",
        refusals=("not_found", "overloaded"),
    ),
    command(
        "message.schedule",
        ScheduleMessage,
        ScheduledResult,
        doc="Posts a message at a time to come.",
        scope="post",
        refusals=("not_found", "conflict", "too_large"),
        events=("message.posted",),
    ),
    command(
        "message.unschedule",
        UnscheduleMessage,
        doc="Takes a scheduled message back.",
        scope="post",
        refusals=("not_found", "conflict"),
    ),
    query(
        "message.scheduled",
        ListScheduled,
        ScheduledList,
        doc="The caller's scheduled messages.",
        scope="read",
    ),
    command(
        "message.report",
        ReportMessage,
        doc="Tells the moderators of a message.",
        scope="post",
        refusals=("not_found", "conflict"),
        events=("message.reported",),
    ),
)

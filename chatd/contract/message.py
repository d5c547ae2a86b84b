"""Messages."""

from __future__ import annotations

from msgspec import Struct

from chatd.contract.fields import (
    DEFAULT_PAGE,
    MAX_PAGE,
    Id,
    Label,
    Limit,
    Nonce,
    Query,
    Reason,
    Seconds,
    Seq,
    TextOrNone,
    Time,
)
from chatd.contract.file import Attachments, FileInfo
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command, query


class PostMessage(Struct, frozen=True):
    room: Id
    text: TextOrNone
    nonce: Nonce | None = None
    reply_to: Seq | None = None
    expires_in: Seconds | None = None
    attachments: Attachments | None = None


class EditMessage(Struct, frozen=True):
    room: Id
    seq: Seq
    text: TextOrNone


class DeleteMessage(Struct, frozen=True):
    room: Id
    seq: Seq
    reason: Reason | None = None


class GetMessage(Struct, frozen=True):
    room: Id
    seq: Seq


class ListEdits(Struct, frozen=True):
    room: Id
    seq: Seq
    after: Id | None = None
    limit: Limit = MAX_PAGE


class SearchMessages(Struct, frozen=True):
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


class ScheduleMessage(Struct, frozen=True):
    room: Id
    text: TextOrNone
    post_at: Time
    reply_to: Seq | None = None
    expires_in: Seconds | None = None
    attachments: Attachments | None = None


class UnscheduleMessage(Struct, frozen=True):
    scheduled: Id


class ListScheduled(Struct, frozen=True):
    pass


class ReportMessage(Struct, frozen=True):
    room: Id
    seq: Seq
    reason: Reason


class Reaction(Struct, frozen=True, kw_only=True):
    """`accounts` are the first 100 of `count`."""

    emoji: str
    count: int
    accounts: list[Id]


class ThreadSummary(Struct, frozen=True, kw_only=True):
    replies: int
    last_at: Time


class Message(Struct, frozen=True, kw_only=True):
    """A message as it reads now. `text` is null when it was deleted.

    `mentions` are ids of accounts, and `here` and `room` where the text calls them (then also the ids of whom
    `@here` meant). `reactions` stand in the order in which each was first added. `thread` is null without
    replies; deleted replies do not count. `attachments` are the ids of the files that it was posted with, and
    `files` says what is known of those that were not deleted since.
    """

    seq: int
    position: int
    at: Time
    by: Id
    text: str | None
    nonce: str | None
    reply_to: int | None
    attachments: list[Id]
    files: list[FileInfo]
    mentions: list[str]
    reactions: list[Reaction]
    edited_at: Time | None
    expires_at: Time | None
    deleted: bool
    pinned: bool
    thread: ThreadSummary | None


class Posted(Struct, frozen=True, kw_only=True):
    seq: int
    position: int
    at: Time


class MessageResult(Struct, frozen=True, kw_only=True):
    message: Message


class MessagePage(Struct, frozen=True, kw_only=True):
    """The oldest first. Only `more_before` and `more_after` say whether there is more."""

    messages: list[Message]
    more_before: bool
    more_after: bool


class MessageVersion(Struct, frozen=True, kw_only=True):
    at: Time
    by: Id
    text: str


class MessageVersions(Struct, frozen=True, kw_only=True):
    """The oldest first; none of a deleted message."""

    versions: list[MessageVersion]
    next: Id | None


class SearchHit(Struct, frozen=True, kw_only=True):
    """`snippet` is about 160 characters of the text around the first hit.

    `highlights` are `[start, end)` in the snippet, in code points; they do not overlap. `attachments` and
    `files` are those of the message.
    """

    room: Id
    seq: int
    position: int
    at: Time
    by: Id
    snippet: str
    highlights: list[tuple[int, int]]
    attachments: list[Id]
    files: list[FileInfo]


class SearchPage(Struct, frozen=True, kw_only=True):
    """The newest first. `next` is the `cursor` of the following page, null at the end."""

    hits: list[SearchHit]
    next: str | None


class ScheduledMessage(Struct, frozen=True, kw_only=True):
    """`failed` says why it could not be posted, null while it waits."""

    id: Id
    room: Id
    text: str
    attachments: list[Id]
    reply_to: int | None
    expires_in: int | None
    post_at: Time
    created_at: Time
    failed: str | None


class ScheduledResult(Struct, frozen=True, kw_only=True):
    scheduled: ScheduledMessage


class ScheduledList(Struct, frozen=True, kw_only=True):
    """The next to be posted first."""

    scheduled: list[ScheduledMessage]


REQUESTS: tuple[RequestType, ...] = (
    command(
        "message.post",
        PostMessage,
        Posted,
        doc="Posts a message, exactly once per nonce.",
        http=Http("POST", "/rooms/{room}/messages", 201),
        scope="post",
        decided_by="room",
        rate="post",
        pipelined=True,
        refusals=("not_found", "conflict"),
        events=(
            "message.posted",
            "member.joined",
            "message.deleted",
            "message.erased",
            "notification.created",
        ),
        notes=(
            "`nonce` is unique for its author in its room, forever. The same nonce again returns the first"
            " result and logs nothing; with another text, another `reply_to` or other `attachments` it is"
            " `conflict`. It is compared with what was posted, not with later edits, and is not compared"
            " once the text was erased.",
            "`reply_to` is the `seq` of an earlier message of the room. All replies to a message, and"
            " replies to those, are one thread.",
            "`attachments` are the ids of at most 10 files, which the caller has uploaded or may read for"
            " another reason; then `text` may be empty. Who reads the message may read its files from then"
            " on.",
            "`@name` mentions the member of the room with that account name (or an earlier one), `@room`"
            " everybody in it, `@here` the members whom others see there at that moment, `away` and `dnd`"
            " included. `@here` and `@room` from somebody without `mention.loud` are plain text.",
            "Names in mentions are compared as for signing in. Full stops, `-` and `_` at the end may"
            " belong to the sentence: `@ann.` is `ann` unless somebody is called `ann.`.",
            "Nothing is a mention in code (`` `…` `` and fenced blocks), directly behind a letter, digit,"
            " `_`, `.`, `/`, `-` or `@`, or after the hundredth name. Names are looked up when the message"
            " is posted or edited and kept as ids.",
            "With `expires_in` the server deletes the message that many seconds after it was posted, as"
            " `system`, with `expired: true` in the event; if the server is down then, as soon as it is up.",
            "Posting needs membership in a room that is not archived. With the first message of a direct room"
            " its people join it. Who shares no space with anybody else in a direct room any more, guests"
            " counted as in `direct.open`, cannot write in it; it stays readable.",
        ),
    ),
    command(
        "message.edit",
        EditMessage,
        doc="Replaces the text of the caller's message.",
        http=Http("PATCH", "/rooms/{room}/messages/{seq}"),
        scope="post",
        decided_by="room",
        refusals=("not_found", "conflict"),
        events=("message.edited",),
        notes=(
            "For the author alone. Mentions are worked out anew; attachments stay, and with them the text"
            " may become empty. Earlier versions stay for the author and"
            " for those who hold `message.see_edits`. Editing to the same text changes nothing.",
        ),
    ),
    command(
        "message.delete",
        DeleteMessage,
        doc="Erases the text of a message, for good.",
        http=Http("DELETE", "/rooms/{room}/messages/{seq}"),
        scope="post",
        decided_by="room",
        refusals=("not_found",),
        events=("message.deleted",),
        notes=(
            "For the author, for operators, and for those who hold `message.delete_any` and do not stand"
            " below the author. It needs no membership and works in archived rooms.",
            "The text is erased in all versions, for everybody and for good, and so are its files, unless"
            " another message or a picture still has them; the page on erasure says what stays. `reason`"
            " stands in the event and in the audit.",
        ),
    ),
    query(
        "message.get",
        GetMessage,
        MessageResult,
        doc="One message.",
        http=Http("GET", "/rooms/{room}/messages/{seq}"),
        scope="read",
        refusals=("not_found",),
    ),
    query(
        "message.edits",
        ListEdits,
        MessageVersions,
        doc="The versions of a message, for its author and moderators.",
        http=Http("GET", "/rooms/{room}/messages/{seq}/edits"),
        scope="read",
        refusals=("not_found",),
    ),
    query(
        "message.search",
        SearchMessages,
        SearchPage,
        doc="Finds messages that the caller may see, newest first.",
        http=Http("GET", "/messages"),
        scope="read",
        refusals=("not_found", "overloaded"),
        notes=(
            "Searches the rooms that the caller may read now: those it is in and the public rooms of its"
            " spaces (not for guests); all rooms for an operator at the admin socket. Takes a `text`, or"
            " filters, or both.",
            '`red apple` finds messages with both words anywhere; `"red apple"` these words in a row (what'
            " is written together, as `don't` or `a@b.org`, is such a row too); `app*` words that begin so,"
            ' with two characters or more; `-green` and `-"green apple"` exclude, and need something else to'
            " look for.",
            "The last word counts as the beginning of a word too, unless something follows it, if only a"
            " space. A text has at most 20 words and phrases.",
            "Case, diacritics and the script of digits do not count: `cafe` finds `Café`, `25` finds `२५`."
            " In scripts without spaces between words (Chinese, Japanese, Thai and others) and in Korean any"
            " piece of a text is found; so are emoji. Other signs mean nothing.",
            "`after` (included) and `before` (not included) are times of posting; `by` is an account's id."
            " `has_link` asks for messages with, or without, an `http://` or `https://` address, `has_file`"
            " for messages that were posted with files, or without.",
            "What the caller posted before it asked is found. Pages are full as long as there is more.",
            "A search that takes longer than five seconds is interrupted and refused as `overloaded`: ask"
            " for more of the words.",
        ),
    ),
    command(
        "message.schedule",
        ScheduleMessage,
        ScheduledResult,
        doc="Posts a message at a later time.",
        http=Http("POST", "/rooms/{room}/scheduled", 201),
        scope="post",
        refusals=("not_found", "conflict", "too_large"),
        events=("message.posted",),
        notes=(
            "`post_at` is at least a second and at most a year ahead. The message is posted as if its"
            " author had posted it then: rights, mentions and `expires_in` are of that moment.",
            "It is posted once, over restarts too. What is due while the server is down is posted when it"
            " is up. What is refused then, and not for a passing reason, stays on the list with `failed`"
            " until it is unscheduled, and its author is notified.",
        ),
    ),
    command(
        "message.unschedule",
        UnscheduleMessage,
        doc="Cancels a scheduled message.",
        http=Http("DELETE", "/scheduled/{scheduled}"),
        scope="post",
        refusals=("not_found", "conflict"),
        notes=("Once this is answered, the message is not posted any more.",),
    ),
    query(
        "message.scheduled",
        ListScheduled,
        ScheduledList,
        doc="The caller's scheduled messages.",
        http=Http("GET", "/scheduled"),
        scope="read",
    ),
    command(
        "message.report",
        ReportMessage,
        doc="Reports a message to the moderators, in a direct room to the operators.",
        http=Http("POST", "/rooms/{room}/messages/{seq}/reports", 201),
        scope="post",
        refusals=("not_found", "conflict"),
        events=("message.reported",),
        notes=(
            "Whoever sees a message may report it. Reporting it again while one's report is open returns the"
            " same and logs nothing.",
        ),
    ),
)

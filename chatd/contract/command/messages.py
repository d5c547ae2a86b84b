"""What can be asked about messages, and about what people put on them."""

from __future__ import annotations

import attrs

from chatd.contract.fields import (
    DEFAULT_PAGE,
    Emoji,
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
class AddReaction:
    room: Id
    seq: Seq
    emoji: Emoji


@attrs.frozen
class RemoveReaction:
    room: Id
    seq: Seq
    emoji: Emoji


@attrs.frozen
class ListReactions:
    room: Id
    seq: Seq
    emoji: Emoji
    after: Id | None = None
    limit: Limit = DEFAULT_PAGE


@attrs.frozen
class AddPin:
    room: Id
    seq: Seq


@attrs.frozen
class RemovePin:
    room: Id
    seq: Seq


@attrs.frozen
class ListPins:
    room: Id


@attrs.frozen
class RoomHistory:
    room: Id
    before: Seq | None = None
    after: Seq | None = None
    around: Seq | None = None
    limit: Limit = DEFAULT_PAGE


@attrs.frozen
class ThreadHistory:
    room: Id
    seq: Seq
    before: Seq | None = None
    after: Seq | None = None
    limit: Limit = DEFAULT_PAGE


@attrs.frozen
class FollowThread:
    room: Id
    seq: Seq


@attrs.frozen
class UnfollowThread:
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
class MarkRead:
    room: Id
    seq: Seq


@attrs.frozen
class ListReceipts:
    room: Id
    seq: Seq


@attrs.frozen
class SetTyping:
    room: Id

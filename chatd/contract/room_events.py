"""What can happen in the stream of a room: to it, its members and its messages."""

from __future__ import annotations

from typing import Final

from msgspec import UNSET, Struct, UnsetType

from chatd.contract.fields import AnyRoomKind, BoundRole, Id, ShowingRight, Time
from chatd.contract.file import FileInfo
from chatd.contract.shared_payloads import AboutAccount, AboutMember, HoldSet, Left, Nothing, Reason
from chatd.contract.spec import EventType


class AboutMessage(Struct, frozen=True, kw_only=True):
    seq: int


class RoomCreated(Struct, frozen=True, kw_only=True):
    name: str
    kind: AnyRoomKind
    private: bool
    space: Id | UnsetType = UNSET
    topic: str | UnsetType = UNSET
    accounts: list[Id] | UnsetType = UNSET


class JoinedRoom(Struct, frozen=True, kw_only=True):
    account: Id
    space: Id | UnsetType = UNSET
    entry: int | UnsetType | None = UNSET
    imported: Id | UnsetType = UNSET


class RoomUpdated(Struct, frozen=True, kw_only=True):
    name: str | UnsetType = UNSET
    topic: str | UnsetType = UNSET
    slow_mode: int | UnsetType = UNSET
    reason: str | UnsetType = UNSET


class RoomDeleted(Struct, frozen=True, kw_only=True):
    reason: str | UnsetType = UNSET
    imported: Id | UnsetType = UNSET


class OverrideChanged(Struct, frozen=True, kw_only=True):
    right: ShowingRight
    allow: bool | None
    role: BoundRole | UnsetType = UNSET
    account: Id | UnsetType = UNSET
    entry: int | UnsetType | None = UNSET
    reason: str | UnsetType = UNSET


class MessagePosted(Struct, frozen=True, kw_only=True):
    text: str | UnsetType = UNSET
    nonce: str | UnsetType = UNSET
    reply_to: int | UnsetType = UNSET
    thread: int | UnsetType = UNSET
    attachments: list[Id] | UnsetType = UNSET
    files: list[FileInfo] | UnsetType = UNSET
    mentions: list[str] | UnsetType = UNSET
    expires_at: Time | UnsetType = UNSET
    edited_at: Time | UnsetType = UNSET
    imported: Id | UnsetType = UNSET
    key: str | UnsetType = UNSET


class MessageEdited(Struct, frozen=True, kw_only=True):
    seq: int
    text: str | UnsetType = UNSET
    mentions: list[str] | UnsetType = UNSET
    imported: Id | UnsetType = UNSET


class MessageDeleted(Struct, frozen=True, kw_only=True):
    seq: int
    author: Id
    expired: bool | UnsetType = UNSET
    retention: bool | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    key: str | UnsetType = UNSET


class RetentionOfRoom(Struct, frozen=True, kw_only=True):
    keep_days: int | None
    reason: str | UnsetType = UNSET


class Reacted(Struct, frozen=True, kw_only=True):
    seq: int
    emoji: str


ROOM_EVENTS: Final = (
    EventType(
        "room.created",
        "room",
        RoomCreated,
        "The room was made; a direct room has no `space`, but the `accounts` that it is for. A client waits"
        " for its own `member.joined`.",
        audited=True,
    ),
    EventType(
        "member.joined",
        "room",
        JoinedRoom,
        "A client adds a member; if the member is itself, it loads the room. `entry` is the seq in the"
        " space's stream with which the account had joined the space.",
        audited=True,
        lets="in",
    ),
    EventType(
        "member.left",
        "room",
        Left,
        "A client removes a member; if it is itself, the room.",
        audited=True,
        lets="out",
    ),
    EventType(
        "member.kicked",
        "room",
        AboutAccount,
        "A moderator removed a member. A client does as for `member.left`.",
        audited=True,
        lets="out",
    ),
    EventType(
        "member.disabled",
        "room",
        AboutMember,
        "In a direct room: a member's account was disabled, or its owner's. A client marks it; in other rooms"
        " the event of the space says so.",
    ),
    EventType(
        "member.enabled",
        "room",
        AboutMember,
        "In a direct room: a member's account is not disabled any more. A client takes the mark away.",
    ),
    EventType(
        "room.updated",
        "room",
        RoomUpdated,
        "The fields that changed, and the reason, which is no part of the room.",
        audited=True,
    ),
    EventType("room.archived", "room", Nothing, "A client closes the room for writing.", audited=True),
    EventType("room.unarchived", "room", Nothing, "A client opens the room for writing.", audited=True),
    EventType(
        "room.locked",
        "room",
        Reason,
        "A client closes the room for writing, but for moderators, and for reactions.",
        audited=True,
    ),
    EventType("room.unlocked", "room", Reason, "The room is no longer locked.", audited=True),
    EventType(
        "room.override_set",
        "room",
        OverrideChanged,
        "`allow` null takes the override away. If it is about its account or role, a client changes what it"
        " offers.",
        audited=True,
    ),
    EventType(
        "room.deleted",
        "room",
        RoomDeleted,
        "A client removes the room. `imported`: it went with this import, which was taken back.",
        audited=True,
        lets="all_out",
    ),
    EventType(
        "message.posted",
        "room",
        MessagePosted,
        "A client adds the message. It knows its own by the `nonce`. It counts one more reply in `thread`,"
        " one more unread message, and a mention, but for what was `imported`: that has times of long ago and"
        " is news to nobody; a bot does not answer it. `attachments` are ids of files, `files` says what is"
        " known of them; what was deleted since is missing there.",
        text=True,
    ),
    EventType(
        "message.edited",
        "room",
        MessageEdited,
        "A client gives message `seq` this text, these mentions or none, and `edited_at`. It shows a"
        " notification of the kind `mention` as long as the text mentions the account. What was `imported`"
        " mentions nobody anew.",
        text=True,
    ),
    EventType(
        "message.deleted",
        "room",
        MessageDeleted,
        "A client removes the text, files, mentions, reactions, pin, bookmark and notifications of message"
        " `seq`, and counts one unread message less if it was unread. `expired`: its own time was over;"
        " `retention`: that of the room was.",
        audited=True,
        erases=True,
    ),
    EventType("reaction.added", "room", Reacted, "A client adds the account `by` to the reaction."),
    EventType("reaction.removed", "room", Reacted, "A client removes the account `by` from the reaction."),
    EventType("pin.added", "room", AboutMessage, "A client pins the message.", audited=True),
    EventType("pin.removed", "room", AboutMessage, "A client unpins the message.", audited=True),
    EventType(
        "room.exported",
        "room",
        Nothing,
        "Somebody (`by`) began to export the room. A client tells its person.",
        audited=True,
    ),
    EventType(
        "room.retention_set",
        "room",
        RetentionOfRoom,
        "Messages are erased after `keep_days`; 0: never, null: as the space says. A client shows it.",
        audited=True,
    ),
    EventType(
        "room.hold_set",
        "room",
        HoldSet,
        "A legal hold on the room begins or ends. A client shows it.",
        audited=True,
    ),
    EventType(
        "message.erased",
        "room",
        AboutMessage,
        "A message that was deleted under a legal hold is erased, since that has ended. A client does"
        " nothing.",
        erases=True,
    ),
)

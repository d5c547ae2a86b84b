"""The table of events: what can happen in each kind of stream, what it says, and who may see it.

A field that may be missing has the default UNSET. Texts and what accounts say of themselves are missing once
they have been erased.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import UNSET, Struct, UnsetType, field
from msgspec.structs import fields as fields_of

from chatd.contract.fields import (
    AnyRoomKind,
    BoundRole,
    Id,
    Level,
    NotificationKind,
    Role,
    RoomKind,
    Scope,
    SecurityChange,
    ShowingRight,
    Time,
)
from chatd.contract.file import FileInfo
from chatd.contract.spec import EventType, StreamKind


class Nothing(Struct, frozen=True, kw_only=True):
    pass


class Reason(Struct, frozen=True, kw_only=True):
    reason: str | UnsetType = UNSET


class AboutAccount(Struct, frozen=True, kw_only=True):
    account: Id
    reason: str | UnsetType = UNSET


class AboutMessage(Struct, frozen=True, kw_only=True):
    seq: int


# --- the server ---------------------------------------------------------------------------------------


class BackupMade(Struct, frozen=True, kw_only=True):
    path: str
    bytes: int
    upto: int


class BackupRestored(Struct, frozen=True, kw_only=True):
    upto: int
    restored_at: Time


class ViewRebuilt(Struct, frozen=True, kw_only=True):
    view: str


class DatabaseCompacted(Struct, frozen=True, kw_only=True):
    before: int
    after: int


# --- accounts -----------------------------------------------------------------------------------------


class AccountCreated(Struct, frozen=True, kw_only=True):
    account: Id
    name: str | UnsetType = UNSET
    display_name: str | UnsetType = UNSET
    admin: bool | UnsetType = UNSET
    placeholder: bool | UnsetType = UNSET
    owner: Id | UnsetType = UNSET
    scopes: list[Scope] | UnsetType = UNSET


class AccountUpdated(Struct, frozen=True, kw_only=True):
    display_name: str | UnsetType = UNSET
    about: str | UnsetType = UNSET
    avatar: str | UnsetType = UNSET
    disabled: bool | UnsetType = UNSET
    admin: bool | UnsetType = UNSET
    reason: str | UnsetType = UNSET


class AccountRenamed(Struct, frozen=True, kw_only=True):
    name: str | UnsetType = UNSET
    before: str | UnsetType = UNSET
    reason: str | UnsetType = UNSET


class AccountSecured(Struct, frozen=True, kw_only=True):
    change: SecurityChange


class BotScopes(Struct, frozen=True, kw_only=True):
    bot: Id
    scopes: list[Scope]


class BotDeleted(Struct, frozen=True, kw_only=True):
    bot: Id


class MessageReported(Struct, frozen=True, kw_only=True):
    report: Id
    space: Id | UnsetType = UNSET
    room: Id
    seq: int
    reason: str | UnsetType = UNSET


class ReportResolved(Struct, frozen=True, kw_only=True):
    report: Id
    reason: str | UnsetType = UNSET


class NotificationCreated(Struct, frozen=True, kw_only=True):
    notification: Id
    kind: NotificationKind
    room: Id
    seq: int | UnsetType = UNSET
    from_: Id = field(name="from")
    source: int | UnsetType = UNSET
    quiet: bool | UnsetType = UNSET
    scheduled: Id | UnsetType = UNSET
    reason: str | UnsetType = UNSET


class NotificationRead(Struct, frozen=True, kw_only=True):
    ids: list[Id]


class SubscriptionUpdated(Struct, frozen=True, kw_only=True):
    room: Id
    level: Level | UnsetType = UNSET
    muted_until: Time | UnsetType = UNSET


class PreferencesUpdated(Struct, frozen=True, kw_only=True):
    quiet_from: int | UnsetType = UNSET
    quiet_to: int | UnsetType = UNSET
    time_zone: str | UnsetType = UNSET
    receipts: bool | UnsetType = UNSET
    favourites: list[Id] | UnsetType = UNSET
    space_order: list[Id] | UnsetType = UNSET
    room_order: list[Id] | UnsetType = UNSET
    quick_reactions: list[str] | UnsetType = UNSET
    push_preview: bool | UnsetType = UNSET


class BookmarkAdded(Struct, frozen=True, kw_only=True):
    room: Id
    seq: int
    note: str | UnsetType = UNSET


class MessageOfRoom(Struct, frozen=True, kw_only=True):
    room: Id
    seq: int


class FileAdded(Struct, frozen=True, kw_only=True):
    file: Id
    type: str
    size: int
    name: str | UnsetType = UNSET
    width: int | UnsetType = UNSET
    height: int | UnsetType = UNSET
    hash: str | UnsetType = UNSET
    preview_hash: str | UnsetType = UNSET


class AboutFile(Struct, frozen=True, kw_only=True):
    file: Id


class Blocked(Struct, frozen=True, kw_only=True):
    account: Id | UnsetType = UNSET


class AboutRoom(Struct, frozen=True, kw_only=True):
    room: Id


class UpTo(Struct, frozen=True, kw_only=True):
    room: Id
    seq: int


# --- spaces -------------------------------------------------------------------------------------------


class SpaceCreated(Struct, frozen=True, kw_only=True):
    name: str
    description: str | UnsetType = UNSET
    icon: str | UnsetType = UNSET


class SpaceUpdated(Struct, frozen=True, kw_only=True):
    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    icon: str | UnsetType = UNSET


class JoinedSpace(Struct, frozen=True, kw_only=True):
    account: Id
    role: Role
    invite: Id | UnsetType = UNSET
    owner: Id | UnsetType = UNSET
    imported: Id | UnsetType = UNSET


class Left(Struct, frozen=True, kw_only=True):
    account: Id
    imported: Id | UnsetType = UNSET


class AboutMember(Struct, frozen=True, kw_only=True):
    account: Id


class Restricted(Struct, frozen=True, kw_only=True):
    account: Id
    until: Time | UnsetType = UNSET
    reason: str | UnsetType = UNSET


class ErasureOrdered(Struct, frozen=True, kw_only=True):
    account: Id
    due_at: Time
    reason: str | UnsetType = UNSET


class RoleChanged(Struct, frozen=True, kw_only=True):
    account: Id
    role: Role
    before: Role
    reason: str | UnsetType = UNSET


class InviteCreated(Struct, frozen=True, kw_only=True):
    invite: Id
    role: Role
    max_uses: int | UnsetType = UNSET
    expires_at: Time | UnsetType = UNSET


class InviteRevoked(Struct, frozen=True, kw_only=True):
    invite: Id


class PublicRoomCreated(Struct, frozen=True, kw_only=True):
    room: Id
    name: str
    kind: RoomKind
    topic: str | UnsetType = UNSET


class EmojiAdded(Struct, frozen=True, kw_only=True):
    name: str
    image: str
    imported: Id | UnsetType = UNSET


class EmojiRemoved(Struct, frozen=True, kw_only=True):
    name: str
    imported: Id | UnsetType = UNSET


# --- rooms --------------------------------------------------------------------------------------------


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


class ImportBegun(Struct, frozen=True, kw_only=True):
    import_: Id = field(name="import")
    format: str
    source: str


class AboutImport(Struct, frozen=True, kw_only=True):
    import_: Id = field(name="import")


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


class RetentionOfSpace(Struct, frozen=True, kw_only=True):
    keep_days: int
    reason: str | UnsetType = UNSET


class RetentionOfRoom(Struct, frozen=True, kw_only=True):
    keep_days: int | None
    reason: str | UnsetType = UNSET


class HoldSet(Struct, frozen=True, kw_only=True):
    hold: bool
    reason: str | UnsetType = UNSET


class Reacted(Struct, frozen=True, kw_only=True):
    seq: int
    emoji: str


# --- the table ----------------------------------------------------------------------------------------

_ACCOUNT: Final = (
    EventType(
        "account.created",
        "account",
        AccountCreated,
        "The account was made. `owner` and `scopes` are a bot's; `placeholder`: an import made it. A client"
        " does nothing: the profile came with `session.open`.",
        personal=("name", "display_name"),
        lets="in",
    ),
    EventType(
        "account.updated",
        "account",
        AccountUpdated,
        "The fields that changed, and the `reason` of an operator. A client changes its profile.",
        personal=("display_name", "about", "avatar"),
    ),
    EventType(
        "account.renamed",
        "account",
        AccountRenamed,
        "The account has a new name. A client changes its name.",
        personal=("name", "before"),
    ),
    EventType(
        "account.secured",
        "account",
        AccountSecured,
        "How the account signs in has changed, or somebody used a right over it: `by` says who."
        " `recovery_link`: an operator made one, `recovered`: it was used; `device_added`: it signed in anew;"
        " `token_made`, `signed_out`, `exported`: an operator did. A client tells its person.",
    ),
    EventType(
        "account.deleted",
        "account",
        AboutAccount,
        "Nothing is left of the account but a stub. A client ends.",
        erases=True,
    ),
    EventType("bot.created", "account", BotScopes, "The account has a new bot. A client adds it."),
    EventType("bot.updated", "account", BotScopes, "A bot has other scopes. A client changes it."),
    EventType("bot.deleted", "account", BotDeleted, "A bot was deleted. A client removes it."),
    EventType(
        "message.reported",
        "account",
        MessageReported,
        "The account reported a message. A client does nothing.",
        personal=("reason",),
    ),
    EventType(
        "report.resolved",
        "account",
        ReportResolved,
        "The account resolved a report. A client asks `report.list` where it shows reports.",
        personal=("reason",),
    ),
    EventType(
        "notification.created",
        "account",
        NotificationCreated,
        "The account was notified of a message: its id, why, which message by whom, and the `position` of"
        " that message or of the edit that brought the mention (`source`); or (`kind` `scheduled`) that a"
        " message of its own was not posted, and the `reason`. A client adds it, unread, and makes a sound"
        " unless `quiet`; or leaves it out, if the message has just been deleted.",
    ),
    EventType("notification.read", "account", NotificationRead, "A client marks these as read."),
    EventType(
        "read.marked_unread",
        "account",
        MessageOfRoom,
        "The account marked what came from `seq` on in a room as unread. A client asks `unread.list` how far"
        " it has read by now, and `notification.list`.",
    ),
    EventType(
        "subscription.updated",
        "account",
        SubscriptionUpdated,
        "The account hears of a room in another way; `muted_until` 0: it is not muted any more.",
    ),
    EventType(
        "preferences.updated",
        "account",
        PreferencesUpdated,
        "The fields that changed. A client changes its preferences.",
        personal=(
            *("quiet_from", "quiet_to", "time_zone", "receipts"),
            *("favourites", "space_order", "room_order", "quick_reactions", "push_preview"),
        ),
    ),
    EventType(
        "bookmark.added",
        "account",
        BookmarkAdded,
        "A client adds the bookmark, or changes its note.",
        personal=("note",),
    ),
    EventType("bookmark.removed", "account", MessageOfRoom, "A client removes the bookmark."),
    EventType(
        "thread.followed", "account", MessageOfRoom, "The account follows a thread, named by its root."
    ),
    EventType("thread.unfollowed", "account", MessageOfRoom, "The account no longer follows a thread."),
    EventType(
        "block.added",
        "account",
        Blocked,
        "The account has blocked somebody. A client hides what they do, and asks `direct.list` and"
        " `unread.list` again.",
        personal=("account",),
    ),
    EventType(
        "block.removed",
        "account",
        Blocked,
        "The account has blocked somebody no longer. A client does as for `block.added`.",
        personal=("account",),
    ),
    EventType(
        "direct.accepted",
        "account",
        AboutRoom,
        "The account has accepted a direct room. A client lists it (`room.get`); it is no request.",
    ),
    EventType(
        "direct.declined",
        "account",
        UpTo,
        "The account has declined a request. A client removes the room.",
    ),
    EventType(
        "direct.left",
        "account",
        UpTo,
        "The account has left a direct room of two at its event `seq`. A client removes the room until the"
        " next message in it.",
    ),
    EventType(
        "file.added",
        "account",
        FileAdded,
        "The account has uploaded a file. A client that shows uploads adds it.",
        personal=("name", "width", "height", "hash", "preview_hash"),
    ),
    EventType(
        "file.deleted",
        "account",
        AboutFile,
        "A file of the account was deleted: by the account, or (`by` `system`) because nothing held it any"
        " more. A client removes it. Files that are erased with their message have no event of their own.",
        erases=True,
    ),
)

_SPACE: Final = (
    EventType(
        "space.created",
        "space",
        SpaceCreated,
        "The space was made. A client waits for its own `member.joined`.",
        audited=True,
    ),
    EventType(
        "space.updated",
        "space",
        SpaceUpdated,
        "The fields that changed. A client changes the space.",
        audited=True,
    ),
    EventType(
        "space.locked",
        "space",
        Reason,
        "The space is locked. A client shows it; guests do not write.",
        audited=True,
    ),
    EventType("space.unlocked", "space", Reason, "The space is no longer locked.", audited=True),
    EventType(
        "space.deleted",
        "space",
        Reason,
        "A client removes the space with all its rooms.",
        audited=True,
        lets="all_out",
    ),
    EventType(
        "member.joined",
        "space",
        JoinedSpace,
        "A client adds a member; if the member is itself, it loads the space. `owner` is a bot's.",
        audited=True,
        lets="in",
    ),
    EventType(
        "member.left",
        "space",
        Left,
        "A client removes a member, from the space's rooms too; if it is itself, the space with its rooms.",
        audited=True,
        lets="out",
    ),
    EventType(
        "member.kicked",
        "space",
        AboutAccount,
        "A moderator removed a member. A client does as for `member.left`.",
        audited=True,
        lets="out",
    ),
    EventType(
        "member.banned",
        "space",
        Restricted,
        "A moderator banned an account, which need not have been a member. A client does as for"
        " `member.left`, and adds it to the bans where it shows them.",
        audience="member.ban",
        audited=True,
        lets="out",
    ),
    EventType(
        "member.unbanned",
        "space",
        AboutAccount,
        "A client removes the account from the bans.",
        audience="member.ban",
        audited=True,
    ),
    EventType(
        "member.role_set",
        "space",
        RoleChanged,
        "A client changes the role; if it is its own, it changes what it offers, and loads what it may see"
        " now (`room.list`, `invite.list`).",
        audited=True,
    ),
    EventType(
        "member.disabled",
        "space",
        AboutMember,
        "The member's account was disabled, or its owner's: nobody reaches it. A client marks the member, in"
        " the space's rooms too, and does not offer to mention or invite it.",
    ),
    EventType(
        "member.enabled",
        "space",
        AboutMember,
        "The member's account is not disabled any more. A client takes the mark away.",
    ),
    EventType(
        "member.muted",
        "space",
        Restricted,
        "If the member is itself, a client does not offer to write.",
        audience="member.mute",
        audited=True,
    ),
    EventType(
        "member.unmuted",
        "space",
        AboutAccount,
        "If the member is itself, a client offers to write again.",
        audience="member.mute",
        audited=True,
    ),
    EventType(
        "member.erasure_ordered",
        "space",
        ErasureOrdered,
        "An admin ordered all messages of an account to be erased at `due_at`. A client adds it where it"
        " shows such orders.",
        audience="member.erase_messages",
        audited=True,
    ),
    EventType(
        "member.erasure_cancelled",
        "space",
        AboutAccount,
        "The order was taken back, or lapsed (by `system`). A client removes it where it shows such orders.",
        audience="member.erase_messages",
        audited=True,
    ),
    EventType(
        "member.messages_erased",
        "space",
        AboutAccount,
        "The order was carried out; an event deleted each message. A client removes the order where it shows"
        " such orders.",
        audited=True,
    ),
    EventType(
        "invite.created",
        "space",
        InviteCreated,
        "A client adds the invite where it shows invites. A `member.joined` names the invite that it used.",
        audience="invite.list",
        audited=True,
    ),
    EventType(
        "invite.revoked",
        "space",
        InviteRevoked,
        "A client removes the invite.",
        audience="invite.list",
        audited=True,
    ),
    EventType(
        "room.created",
        "space",
        PublicRoomCreated,
        "A public room was made in the space. A client lists it among the rooms to join. A room that it is"
        " not in tells it nothing more: it asks `room.list` when it opens the list.",
        audience="room.see_public",
        audited=True,
    ),
    EventType(
        "emoji.added", "space", EmojiAdded, "A client adds it to what it offers as reactions.", audited=True
    ),
    EventType("emoji.removed", "space", EmojiRemoved, "A client removes it.", audited=True),
    EventType(
        "space.exported",
        "space",
        Nothing,
        "Somebody (`by`) began to export the space with its rooms. A client tells its person.",
        audited=True,
    ),
    EventType(
        "import.begun",
        "space",
        ImportBegun,
        "Somebody (`by`) imports into the space what another chat has exported. A client tells its person.",
        audited=True,
    ),
    EventType("import.finished", "space", AboutImport, "The import is complete.", audited=True),
    EventType("import.undone", "space", AboutImport, "The import was taken back.", audited=True),
    EventType(
        "space.retention_set",
        "space",
        RetentionOfSpace,
        "Messages in its rooms are erased after `keep_days`; 0: never. A client shows it.",
        audited=True,
    ),
    EventType(
        "space.hold_set",
        "space",
        HoldSet,
        "A legal hold on all its rooms begins or ends. A client shows it.",
        audited=True,
    ),
)

_ROOM: Final = (
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
    EventType("room.deleted", "room", Reason, "A client removes the room.", audited=True, lets="all_out"),
    EventType(
        "message.posted",
        "room",
        MessagePosted,
        "A client adds the message. It knows its own by the `nonce`. It counts one more reply in `thread`,"
        " one more unread message, and a mention. `attachments` are ids of files, `files` says what is known"
        " of them; what was deleted since is missing there.",
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

_SERVER: Final = (
    EventType(
        "backup.created",
        "server",
        BackupMade,
        "Somebody made a copy of the database: the file on the server, its size in bytes, and the position up"
        " to which it goes.",
        audited=True,
    ),
    EventType(
        "backup.restored",
        "server",
        BackupRestored,
        "This database is a copy that was put back at `restored_at`, and went up to position `upto`; logged"
        " when a server starts on it.",
        audited=True,
    ),
    EventType("view.rebuilt", "server", ViewRebuilt, "Somebody had a view built again.", audited=True),
    EventType(
        "server.compacted",
        "server",
        DatabaseCompacted,
        "Somebody had disk given back: bytes of the database and the views' file, before and after.",
        audited=True,
    ),
)

EVENTS: Final[Mapping[tuple[StreamKind, str], EventType]] = {
    (row.stream, row.name): row for row in (*_ACCOUNT, *_SPACE, *_ROOM, *_SERVER)
}


def _details(name: str) -> tuple[str, ...]:
    """The fields of the events of this name, whatever their stream, that are optional wherever they stand."""
    found = [one for (_, type_), row in EVENTS.items() if type_ == name for one in fields_of(row.payload)]
    needed = {one.encode_name for one in found if one.required}
    return tuple(dict.fromkeys(one.encode_name for one in found if one.encode_name not in needed))


# What consumers look up for each event, worked out once.
TYPES: Final = frozenset(name for _, name in EVENTS)
MEMBERSHIP: Final[Mapping[str, bool]] = {  # lets `account` into its stream (True), or out of it
    name: row.lets == "in" for (_, name), row in EVENTS.items() if row.lets in ("in", "out")
}
DISSOLVES: Final = frozenset(name for (_, name), row in EVENTS.items() if row.lets == "all_out")
ERASES: Final = frozenset(name for (_, name), row in EVENTS.items() if row.erases)
PERSONAL: Final[Mapping[str, tuple[str, ...]]] = {
    name: row.personal for (_, name), row in EVENTS.items() if row.personal
}
RESTRICTED: Final = {name: row.audience for (_, name), row in EVENTS.items() if row.audience is not None}
ABOUT_MEMBERS: Final = frozenset(name for (_, name), row in EVENTS.items() if row.about_member)
AUDITED: Final = tuple(dict.fromkeys(name for (_, name), row in EVENTS.items() if row.audited))
# In the streams of accounts; audited where somebody else than the account did it, and where it is gone.
OVER_ACCOUNTS: Final = (
    "account.created",
    "account.updated",
    "account.renamed",
    "account.secured",
    "account.deleted",
)
# The fields that an event can do without: what is left names whom or what it is about.
DETAILS: Final[Mapping[str, tuple[str, ...]]] = {
    name: fields for name in sorted(TYPES) if (fields := _details(name))
}

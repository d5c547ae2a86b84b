"""What can happen in the stream of an account: to it, to its settings, and what it is notified of."""

from __future__ import annotations

from typing import Final

from msgspec import UNSET, Struct, UnsetType, field

from chatd.contract.fields import Id, Level, NotificationKind, Scope, SecurityChange, Time
from chatd.contract.shared_payloads import AboutAccount
from chatd.contract.spec import EventType


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
    imported: bool | UnsetType = UNSET


class AboutFile(Struct, frozen=True, kw_only=True):
    file: Id


class Blocked(Struct, frozen=True, kw_only=True):
    account: Id | UnsetType = UNSET


class AboutRoom(Struct, frozen=True, kw_only=True):
    room: Id


class UpTo(Struct, frozen=True, kw_only=True):
    room: Id
    seq: int


ACCOUNT_EVENTS: Final = (
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
        "The account has uploaded a file, or (`imported`) an operator for it, as an import does. A client"
        " that shows uploads adds it.",
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

"""The settings of an account: preferences, subscriptions, bookmarks, threads, unread notifications."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs
import msgspec

from chatd.contract.block import RemoveBlock
from chatd.contract.bookmark import RemoveBookmark
from chatd.contract.errors import Refusal
from chatd.contract.fields import DirectState
from chatd.contract.notification import ReadNotifications
from chatd.contract.preferences import UpdatePreferences
from chatd.domain.decision import Context, drop_none
from chatd.domain.event import Event, Fact, payload
from chatd.domain.internal import (
    AddFile,
    BlockAccount,
    CloseReport,
    DropFile,
    FileReport,
    Notify,
    NotifyAll,
    NotifyUnposted,
    RecordUnread,
    SaveBookmark,
    SetDirectRoom,
    SetSubscription,
    SetThread,
)
from chatd.domain.policy.notification import in_quiet_hours

# The preferences that are lists.
LISTS: Final = ("favourites", "space_order", "room_order", "quick_reactions")

MAX_BOOKMARKS: Final = 5_000
MAX_BLOCKS: Final = 1_000
MAX_UNREAD: Final = 10_000  # notifications that can still be marked as read one by one

TOO_MANY_BOOKMARKS: Final = Refusal(
    "conflict", f"an account keeps at most {MAX_BOOKMARKS} bookmarks; remove some first"
)
TOO_MANY_BLOCKS: Final = Refusal(
    "conflict", f"an account blocks at most {MAX_BLOCKS} others; end some blocks first (block.remove)"
)


@attrs.define
class Subscription:
    """The notification settings of the account for one room; `muted_until` is Unix milliseconds."""

    level: str | None = None
    muted_until: int = 0


@attrs.define
class AccountSettings:
    """Part of an account's state. Bookmarks and threads are keyed `room/seq`."""

    preferences: dict[str, Any] = attrs.Factory(dict)
    subscriptions: dict[str, Subscription] = attrs.Factory(dict)
    bookmarks: dict[str, str | None] = attrs.Factory(dict)  # -> note
    threads: dict[str, bool] = attrs.Factory(dict)  # -> following, where the account set it
    blocks: set[str] = attrs.Factory(set)
    direct_rooms: dict[str, DirectState] = attrs.Factory(dict)  # where the account set it
    unread: dict[str, None] = attrs.Factory(dict)  # ids of notifications, oldest first
    notified: int = 0  # position of the newest message that the account was notified of


# --- decide -------------------------------------------------------------------------------------------

Change = tuple[str, dict[str, Any]] | None | Refusal  # type and data of an event, if there is one


def _set_subscription(settings: AccountSettings, command: SetSubscription, context: Context) -> Change:
    before = settings.subscriptions.get(command.room, Subscription())
    changed = drop_none(
        level=None if command.level == before.level else command.level,
        muted_until=None if command.muted_until == before.muted_until else command.muted_until,
    )
    return ("subscription.updated", {"room": command.room, **changed}) if changed else None


def _update_preferences(settings: AccountSettings, command: UpdatePreferences, context: Context) -> Change:
    if command.time_zone is not None and not _known_zone(command.time_zone):
        return Refusal("invalid", "time_zone is a name of the IANA database, such as Europe/Vienna")
    for name in LISTS:
        listed = getattr(command, name)
        if listed is not None and len(set(listed)) < len(listed):
            return Refusal("invalid", f"{name}: the same one stands in it twice")
    asked = drop_none(**msgspec.structs.asdict(command))
    changed = {name: value for name, value in asked.items() if settings.preferences.get(name) != value}
    return ("preferences.updated", changed) if changed else None


def _known_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo  # most accounts name no zone: a start need not load what knows them

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _save_bookmark(settings: AccountSettings, command: SaveBookmark, context: Context) -> Change:
    key = f"{command.room}/{command.seq}"
    if key in settings.bookmarks and settings.bookmarks[key] == command.note:
        return None
    if key not in settings.bookmarks and len(settings.bookmarks) >= MAX_BOOKMARKS:
        return TOO_MANY_BOOKMARKS
    return "bookmark.added", {"room": command.room, "seq": command.seq, **drop_none(note=command.note)}


def _remove_bookmark(settings: AccountSettings, command: RemoveBookmark, context: Context) -> Change:
    if f"{command.room}/{command.seq}" not in settings.bookmarks:
        return None
    return "bookmark.removed", {"room": command.room, "seq": command.seq}


def _set_thread(settings: AccountSettings, command: SetThread, context: Context) -> Change:
    if settings.threads.get(f"{command.room}/{command.seq}") is command.following:
        return None
    type_ = "thread.followed" if command.following else "thread.unfollowed"
    return type_, {"room": command.room, "seq": command.seq}


def _block(settings: AccountSettings, command: BlockAccount, context: Context) -> Change:
    if command.account in settings.blocks:
        return None
    if len(settings.blocks) >= MAX_BLOCKS:
        return TOO_MANY_BLOCKS
    return "block.added", {"account": command.account}


def _unblock(settings: AccountSettings, command: RemoveBlock, context: Context) -> Change:
    return ("block.removed", {"account": command.account}) if command.account in settings.blocks else None


def _set_direct_room(settings: AccountSettings, command: SetDirectRoom, context: Context) -> Change:
    """Who left a room may leave it again once it has come back."""
    if command.state != "left" and settings.direct_rooms.get(command.room) == command.state:
        return None
    if command.state == "accepted":
        return "direct.accepted", {"room": command.room}
    return f"direct.{command.state}", {"room": command.room, "seq": command.seq}


def notifications(settings: AccountSettings, command: NotifyAll) -> list[dict[str, Any]]:
    """The data of the events `notification.created`: one for each message that is news to the account."""
    return [
        _notification(news, id_)
        for news, id_ in zip(command.news, command.ids, strict=True)
        if news.source > settings.notified
    ]


def _notification(news: Notify, id_: str) -> dict[str, Any]:
    data = {
        "notification": id_,
        "kind": news.kind,
        "room": news.room,
        "seq": news.seq,
        "from": news.author,
        "source": news.source,
    }
    return {**data, "quiet": True} if news.quiet else data


def _record_unread(settings: AccountSettings, command: RecordUnread, context: Context) -> Change:
    return "read.marked_unread", {"room": command.room, "seq": command.seq}


def _notify_unposted(settings: AccountSettings, command: NotifyUnposted, context: Context) -> Change:
    data = {
        "notification": context.new_id,
        "kind": "scheduled",
        "room": command.room,
        "from": command.author,
        "scheduled": command.scheduled,
        "reason": command.reason,
    }
    hours = {name: settings.preferences.get(name) for name in ("quiet_from", "quiet_to", "time_zone")}
    quiet = in_quiet_hours({**hours, "at": context.at})
    return "notification.created", {**data, "quiet": True} if quiet else data


def _read_notifications(settings: AccountSettings, command: ReadNotifications, context: Context) -> Change:
    ids = [id_ for id_ in dict.fromkeys(command.ids) if id_ in settings.unread]
    return ("notification.read", {"ids": ids}) if ids else None


def _file_report(settings: AccountSettings, command: FileReport, context: Context) -> Change:
    data = {"report": context.new_id, "room": command.room, "seq": command.seq, "reason": command.reason}
    return "message.reported", {**data, **drop_none(space=command.space)}


def _close_report(settings: AccountSettings, command: CloseReport, context: Context) -> Change:
    return "report.resolved", {"report": command.report, **drop_none(reason=command.reason)}


def _add_file(settings: AccountSettings, command: AddFile, context: Context) -> Change:
    data = {"file": command.file, "type": command.type, "size": command.size, "name": command.name}
    data |= {"hash": command.hash}
    return "file.added", data | drop_none(
        width=command.width,
        height=command.height,
        preview_hash=command.preview_hash,
        imported=command.imported or None,
    )


def _drop_file(settings: AccountSettings, command: DropFile, context: Context) -> Change:
    return "file.deleted", {"file": command.file}


DECIDERS: Final[Mapping[type[Any], Callable[[AccountSettings, Any, Context], Change]]] = {
    AddFile: _add_file,
    DropFile: _drop_file,
    FileReport: _file_report,
    CloseReport: _close_report,
    SetSubscription: _set_subscription,
    SaveBookmark: _save_bookmark,
    SetThread: _set_thread,
    BlockAccount: _block,
    RemoveBlock: _unblock,
    SetDirectRoom: _set_direct_room,
    NotifyUnposted: _notify_unposted,
    RecordUnread: _record_unread,
    UpdatePreferences: _update_preferences,
    RemoveBookmark: _remove_bookmark,
    ReadNotifications: _read_notifications,
}


_DIRECT_STATES: Final[Mapping[str, DirectState]] = {
    "direct.accepted": "accepted",
    "direct.declined": "declined",
    "direct.left": "left",
}

# --- apply --------------------------------------------------------------------------------------------


def apply(settings: AccountSettings, event: Fact | Event) -> None:
    """Applies a fact of the account's stream to its settings."""
    data = payload(event)
    match event.type:
        case "subscription.updated":
            subscription = settings.subscriptions.setdefault(data["room"], Subscription())
            subscription.level = data.get("level", subscription.level)
            subscription.muted_until = data.get("muted_until", subscription.muted_until)
        case "preferences.updated":
            settings.preferences.update(data)
        case "bookmark.added":
            settings.bookmarks[f"{data['room']}/{data['seq']}"] = data.get("note")
        case "bookmark.removed":
            settings.bookmarks.pop(f"{data['room']}/{data['seq']}", None)
        case "thread.followed" | "thread.unfollowed":
            settings.threads[f"{data['room']}/{data['seq']}"] = event.type == "thread.followed"
        case "block.added":
            settings.blocks.add(data.get("account", ""))
        case "block.removed":
            settings.blocks.discard(data.get("account", ""))
        case "direct.accepted" | "direct.declined" | "direct.left":
            settings.direct_rooms[data["room"]] = _DIRECT_STATES[event.type]
        case "notification.created":
            settings.notified = data.get("source", settings.notified)
            settings.unread[data["notification"]] = None
            if len(settings.unread) > MAX_UNREAD:
                del settings.unread[next(iter(settings.unread))]
        case "notification.read":
            for id_ in data["ids"]:
                settings.unread.pop(id_, None)

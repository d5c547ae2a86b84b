"""What is an account's alone: how it wants to hear of things, what it keeps, what it was notified of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import attrs

from chatd.contract.bookmark import RemoveBookmark
from chatd.contract.errors import Refusal
from chatd.contract.notification import ReadNotifications
from chatd.contract.preferences import UpdatePreferences
from chatd.domain.decision import Context, drop_none
from chatd.domain.event import Event, Fact, payload

MAX_BOOKMARKS: Final = 5_000
UNREAD_KEPT: Final = 10_000  # notifications that can still be marked as read one by one

FULL: Final = Refusal("conflict", f"an account keeps at most {MAX_BOOKMARKS} bookmarks; remove some first")


@attrs.define
class Subscription:
    """How the account hears of a room; `muted_until` is Unix milliseconds."""

    level: str | None = None
    muted_until: int = 0


@attrs.define
class Personal:
    """Part of an account's state. Bookmarks and threads are keyed `room/seq`."""

    preferences: dict[str, Any] = attrs.Factory(dict)
    subscriptions: dict[str, Subscription] = attrs.Factory(dict)
    bookmarks: dict[str, str | None] = attrs.Factory(dict)  # -> note
    threads: dict[str, bool] = attrs.Factory(dict)  # -> following, where that was said
    unread: dict[str, None] = attrs.Factory(dict)  # ids of notifications, oldest first
    notified: int = 0  # position of the newest message that the account was notified of


# --- commands that only the server's own desk gives: the room has been looked at --------------------


@attrs.frozen
class SetSubscription:
    """`muted_until` 0 ends muting; None leaves either as it is."""

    room: str
    level: str | None = None
    muted_until: int | None = None


@attrs.frozen
class KeepBookmark:
    room: str
    seq: int
    note: str | None = None


@attrs.frozen
class SetThread:
    """`seq` is the thread's root."""

    room: str
    seq: int
    following: bool


@attrs.frozen
class Notify:
    """Tells the account of a message at position `source`. What it was told of already it is not told again,
    so whoever follows the log may begin anew anywhere."""

    kind: str
    room: str
    seq: int
    author: str
    source: int
    quiet: bool = False


@attrs.frozen
class FileReport:
    """What the account tells the moderators of a space."""

    space: str
    room: str
    seq: int
    reason: str


@attrs.frozen
class CloseReport:
    """The account has dealt with a report, as a moderator."""

    report: str
    reason: str | None = None


# --- decide -------------------------------------------------------------------------------------------

# fields that are the account's own words or settings: they go into the fact's body
OWN: Final = ("note", "reason", "quiet_from", "quiet_to", "time_zone", "receipts")
News = tuple[str, dict[str, Any]] | None | Refusal  # type and data of an event, if there is one


def _set_subscription(mine: Personal, command: SetSubscription, context: Context) -> News:
    before = mine.subscriptions.get(command.room, Subscription())
    changed = drop_none(
        level=None if command.level == before.level else command.level,
        muted_until=None if command.muted_until == before.muted_until else command.muted_until,
    )
    return ("subscription.updated", {"room": command.room, **changed}) if changed else None


def _update_preferences(mine: Personal, command: UpdatePreferences, context: Context) -> News:
    if command.time_zone is not None and not _known_zone(command.time_zone):
        return Refusal("invalid", "time_zone is a name of the IANA database, such as Europe/Vienna")
    asked = drop_none(
        quiet_from=command.quiet_from,
        quiet_to=command.quiet_to,
        time_zone=command.time_zone,
        receipts=command.receipts,
    )
    changed = {name: value for name, value in asked.items() if mine.preferences.get(name) != value}
    return ("preferences.updated", changed) if changed else None


def _known_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _keep_bookmark(mine: Personal, command: KeepBookmark, context: Context) -> News:
    key = f"{command.room}/{command.seq}"
    if key in mine.bookmarks and mine.bookmarks[key] == command.note:
        return None
    if key not in mine.bookmarks and len(mine.bookmarks) >= MAX_BOOKMARKS:
        return FULL
    return "bookmark.added", {"room": command.room, "seq": command.seq, **drop_none(note=command.note)}


def _remove_bookmark(mine: Personal, command: RemoveBookmark, context: Context) -> News:
    if f"{command.room}/{command.seq}" not in mine.bookmarks:
        return None
    return "bookmark.removed", {"room": command.room, "seq": command.seq}


def _set_thread(mine: Personal, command: SetThread, context: Context) -> News:
    if mine.threads.get(f"{command.room}/{command.seq}") is command.following:
        return None
    type_ = "thread.followed" if command.following else "thread.unfollowed"
    return type_, {"room": command.room, "seq": command.seq}


def _notify(mine: Personal, command: Notify, context: Context) -> News:
    if command.source <= mine.notified:
        return None
    data = {
        "notification": context.new_id,
        "kind": command.kind,
        "room": command.room,
        "seq": command.seq,
        "from": command.author,
        "source": command.source,
    }
    return "notification.created", {**data, "quiet": True} if command.quiet else data


def _read_notifications(mine: Personal, command: ReadNotifications, context: Context) -> News:
    ids = [id_ for id_ in dict.fromkeys(command.ids) if id_ in mine.unread]
    return ("notification.read", {"ids": ids}) if ids else None


def _file_report(mine: Personal, command: FileReport, context: Context) -> News:
    data = {"report": context.new_id, "space": command.space, "room": command.room, "seq": command.seq}
    return "message.reported", {**data, "reason": command.reason}


def _close_report(mine: Personal, command: CloseReport, context: Context) -> News:
    return "report.resolved", {"report": command.report, **drop_none(reason=command.reason)}


DECIDERS: Final[Mapping[type[Any], Callable[[Personal, Any, Context], News]]] = {
    FileReport: _file_report,
    CloseReport: _close_report,
    SetSubscription: _set_subscription,
    KeepBookmark: _keep_bookmark,
    SetThread: _set_thread,
    Notify: _notify,
    UpdatePreferences: _update_preferences,
    RemoveBookmark: _remove_bookmark,
    ReadNotifications: _read_notifications,
}


# --- apply --------------------------------------------------------------------------------------------


def apply(mine: Personal, event: Fact | Event) -> None:
    """Makes a fact of the account's stream part of what is the account's alone."""
    data = payload(event)
    match event.type:
        case "subscription.updated":
            subscription = mine.subscriptions.setdefault(data["room"], Subscription())
            subscription.level = data.get("level", subscription.level)
            subscription.muted_until = data.get("muted_until", subscription.muted_until)
        case "preferences.updated":
            mine.preferences.update(data)
        case "bookmark.added":
            mine.bookmarks[f"{data['room']}/{data['seq']}"] = data.get("note")
        case "bookmark.removed":
            mine.bookmarks.pop(f"{data['room']}/{data['seq']}", None)
        case "thread.followed" | "thread.unfollowed":
            mine.threads[f"{data['room']}/{data['seq']}"] = event.type == "thread.followed"
        case "notification.created":
            mine.notified = data["source"]
            mine.unread[data["notification"]] = None
            if len(mine.unread) > UNREAD_KEPT:
                del mine.unread[next(iter(mine.unread))]
        case "notification.read":
            for id_ in data["ids"]:
                mine.unread.pop(id_, None)

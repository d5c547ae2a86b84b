"""What has reached whom, who is there, and what is an account's alone."""

from __future__ import annotations

from chatd.contract import command as c
from chatd.contract.table.entry import Entry, command, query

ENTRIES: tuple[Entry, ...] = (
    command(
        "read.mark",
        c.MarkRead,
        "session",
        "room",
        "Moves the caller's read marker forward.",
        True,
        limit="signal",
    ),
    query("unread.list", c.ListUnread, "session", "What is unread in each of the caller's rooms."),
    query("receipt.list", c.ListReceipts, "session", "Whom a message has reached, and who has read it."),
    command(
        "typing.set",
        c.SetTyping,
        "session",
        "room",
        "Shows the room that the caller is typing.",
        True,
        limit="signal",
    ),
    command(
        "presence.set",
        c.SetPresence,
        "session",
        "desk",
        "Says whether the caller is there.",
        limit="signal",
    ),
    command(
        "presence.watch",
        c.WatchPresence,
        "session",
        "desk",
        "Watches these accounts, and no others any more.",
        limit="signal",
    ),
    query("notification.list", c.ListNotifications, "session", "The caller's notifications, newest first."),
    command(
        "notification.read",
        c.ReadNotifications,
        "session",
        "account",
        "Marks notifications as read.",
        events=("notification.read",),
    ),
    command(
        "subscription.update",
        c.UpdateSubscription,
        "session",
        "desk",
        "How the caller hears of a room.",
        events=("subscription.updated",),
    ),
    command(
        "preferences.update",
        c.UpdatePreferences,
        "session",
        "account",
        "Quiet hours and receipts.",
        events=("preferences.updated",),
    ),
    query("preferences.get", c.GetPreferences, "session", "The caller's preferences and subscriptions."),
    command(
        "bookmark.add",
        c.AddBookmark,
        "session",
        "desk",
        "Keeps a message for later.",
        events=("bookmark.added",),
    ),
    command(
        "bookmark.remove",
        c.RemoveBookmark,
        "session",
        "account",
        "Keeps it no longer.",
        events=("bookmark.removed",),
    ),
    query("bookmark.list", c.ListBookmarks, "session", "What the caller has kept, newest first."),
    command(
        "draft.set", c.SetDraft, "session", "desk", "Keeps what is being written; empty: nothing any more."
    ),
    query("draft.list", c.ListDrafts, "session", "The caller's drafts."),
)

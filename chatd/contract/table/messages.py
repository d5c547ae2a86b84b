"""Messages, and what people put on them."""

from __future__ import annotations

from chatd.contract import command as c
from chatd.contract.table.entry import Entry, command, query

ENTRIES: tuple[Entry, ...] = (
    command(
        "message.post",
        c.PostMessage,
        "session",
        "room",
        "Posts a message, exactly once per nonce.",
        True,
        events=("message.posted", "message.deleted", "notification.created"),
        limit="post",
    ),
    command(
        "message.edit",
        c.EditMessage,
        "session",
        "room",
        "Replaces the text of the caller's message.",
        events=("message.edited",),
    ),
    command(
        "message.delete",
        c.DeleteMessage,
        "session",
        "room",
        "Erases the text of a message, for good.",
        events=("message.deleted",),
    ),
    query("message.get", c.GetMessage, "session", "One message."),
    query(
        "message.edits", c.ListEdits, "session", "The versions of a message, for its author and moderators."
    ),
    query(
        "message.search", c.SearchMessages, "session", "Finds messages that the caller may see, newest first."
    ),
    command(
        "message.schedule",
        c.ScheduleMessage,
        "session",
        "desk",
        "Posts a message at a time to come.",
        events=("message.posted",),
    ),
    command("message.unschedule", c.UnscheduleMessage, "session", "desk", "Takes a scheduled message back."),
    query("message.scheduled", c.ListScheduled, "session", "The caller's scheduled messages."),
    command(
        "reaction.add",
        c.AddReaction,
        "session",
        "room",
        "Puts a reaction on a message.",
        events=("reaction.added",),
    ),
    command(
        "reaction.remove",
        c.RemoveReaction,
        "session",
        "room",
        "Takes the caller's reaction away.",
        events=("reaction.removed",),
    ),
    query("reaction.list", c.ListReactions, "session", "Who reacted with an emoji, by account id."),
    command("pin.add", c.AddPin, "session", "room", "Pins a message to its room.", events=("pin.added",)),
    command("pin.remove", c.RemovePin, "session", "room", "Takes a pin away.", events=("pin.removed",)),
    query("pin.list", c.ListPins, "session", "The pinned messages of a room, newest pin first."),
    query("thread.history", c.ThreadHistory, "session", "A page of the replies in a thread, oldest first."),
    command(
        "thread.follow",
        c.FollowThread,
        "session",
        "desk",
        "Hears of new replies in a thread.",
        events=("thread.followed",),
    ),
    command(
        "thread.unfollow",
        c.UnfollowThread,
        "session",
        "desk",
        "Hears of them no more.",
        events=("thread.unfollowed",),
    ),
    command(
        "message.report",
        c.ReportMessage,
        "session",
        "desk",
        "Tells the moderators of a message.",
        events=("message.reported",),
    ),
)

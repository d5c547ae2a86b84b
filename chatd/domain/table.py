"""The command table: every command and query, what it needs, who decides it, and its documentation.

The WebSocket dispatch works from this table, and so does everything that describes the protocol. A
request that has no row here does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import attrs
import msgspec

from chatd.domain import command as c
from chatd.domain.complaint import complaint, short
from chatd.domain.refusal import Refusal

Kind = Literal["command", "query"]

# Who may ask: anybody on a connection, an account with an open session, or an operator (the admin
# socket, or an account that is an admin). What an account may do inside a space or room stands in
# `chatd.domain.rights` and is decided by the actor that owns the space or room.
Needs = Literal["nothing", "session", "operator"]

# Which actor decides. `room`, `space` and `account` are streams with an actor each, found by the field
# of that name (an account command goes to the caller's own); the rest is answered by the `desk`.
Route = Literal["room", "space", "account", "desk"]

# Which rate it counts against: by account, or by address for what strangers may ask (`chatd.actors.limits`).
Limit = Literal["post", "write", "query", "signal", "open", "refresh", "sign_in", "sign_up"]


@attrs.frozen
class Entry:
    """One row of the table."""

    name: str
    kind: Kind
    type: type[Any]
    needs: Needs
    route: Route
    doc: str
    # Requests of one session take effect in the order in which they came. A flowing command need not
    # wait for the answer to the one before it to keep that promise.
    flows: bool = False
    # What it may log. What the server then does about a message by itself stands with `message.post`.
    events: tuple[str, ...] = ()
    limit: Limit = "write"

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(field.name.rstrip("_") for field in attrs.fields(self.type))

    def read(self, data: Mapping[str, Any]) -> Any | Refusal:
        """The typed request, or why `data` is not one."""
        if unknown := data.keys() - _FIELDS[self.name]:
            known = ", ".join(self.fields) or "none"
            return Refusal("invalid", f"unknown field {short(min(unknown))!r}; {self.name} takes: {known}")
        try:
            return msgspec.convert(_attributes(data), self.type)
        except msgspec.ValidationError as error:
            return Refusal("invalid", complaint(self.type, error))


def _attributes(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """`for` is no name that Python allows."""
    if "for" not in data:
        return data
    return {"for_" if name == "for" else name: value for name, value in data.items()}


def _command(
    name: str,
    type_: type[Any],
    needs: Needs,
    route: Route,
    doc: str,
    flows: bool = False,
    events: tuple[str, ...] = (),
    limit: Limit | None = None,
) -> Entry:
    limit = limit or ("sign_in" if needs == "nothing" else "write")
    return Entry(name, "command", type_, needs, route, doc, flows, events, limit)


def _query(name: str, type_: type[Any], needs: Needs, doc: str) -> Entry:
    return Entry(name, "query", type_, needs, "desk", doc, limit="sign_in" if needs == "nothing" else "query")


ENTRIES: tuple[Entry, ...] = (
    _command(
        "account.sign_up",
        c.SignUp,
        "nothing",
        "desk",
        "Makes an account and signs it in.",
        events=("account.created", "member.joined"),
        limit="sign_up",
    ),
    _command("account.sign_in", c.SignIn, "nothing", "desk", "Exchanges name and password for tokens."),
    _command(
        "account.refresh",
        c.Refresh,
        "nothing",
        "desk",
        "Exchanges a refresh token for new tokens.",
        limit="refresh",
    ),
    _command(
        "account.exchange",
        c.ExchangeCode,
        "nothing",
        "desk",
        "Exchanges what a single sign-on gave for tokens.",
        events=("account.created",),
    ),
    _query("identity.provider", c.GetProvider, "nothing", "Where a browser begins to sign on, if it can."),
    _command(
        "identity.begin", c.BeginIdentity, "session", "desk", "Where a browser begins to link an identity."
    ),
    _command(
        "identity.add",
        c.AddIdentity,
        "session",
        "desk",
        "Links the identity that the browser brought.",
        events=("account.secured",),
    ),
    _query("identity.list", c.ListIdentities, "session", "The identities of the caller."),
    _command(
        "identity.remove",
        c.RemoveIdentity,
        "session",
        "desk",
        "Ends the link to an identity.",
        events=("account.secured",),
    ),
    _command(
        "session.open",
        c.OpenSession,
        "nothing",
        "desk",
        "Opens the session, resuming at a cursor.",
        limit="open",
    ),
    _command(
        "account.sign_out",
        c.SignOut,
        "session",
        "desk",
        "Ends this device; `account`: all of it, by an operator.",
    ),
    _command(
        "account.update",
        c.UpdateAccount,
        "session",
        "account",
        "Changes the caller's profile.",
        events=("account.updated",),
    ),
    _command(
        "account.change_password",
        c.ChangePassword,
        "session",
        "desk",
        "New password; ends other devices.",
        events=("account.secured",),
    ),
    _command(
        "account.rename",
        c.RenameAccount,
        "session",
        "desk",
        "A new name to sign in with; the old one stays the caller's.",
        events=("account.renamed",),
    ),
    _query("device.list", c.ListDevices, "session", "The devices on which the caller is signed in."),
    _command("device.revoke", c.RevokeDevice, "session", "desk", "Ends one of the caller's devices at once."),
    _command("totp.begin", c.BeginTotp, "session", "desk", "A secret for an app that shows codes."),
    _command(
        "totp.confirm",
        c.ConfirmTotp,
        "session",
        "desk",
        "From here on signing in takes a code of that app.",
        events=("account.secured",),
    ),
    _query("totp.get", c.GetTotp, "session", "Whether signing in takes a code."),
    _command(
        "totp.remove",
        c.RemoveTotp,
        "session",
        "desk",
        "Signing in takes no code any more.",
        events=("account.secured",),
    ),
    _command(
        "account.create",
        c.CreateAccount,
        "operator",
        "desk",
        "Makes an account.",
        events=("account.created",),
    ),
    _query("account.list", c.ListAccounts, "operator", "All accounts, by id."),
    _command(
        "account.disable",
        c.DisableAccount,
        "operator",
        "desk",
        "Shuts an account out at once.",
        events=("account.updated",),
    ),
    _command(
        "account.enable",
        c.EnableAccount,
        "operator",
        "desk",
        "Lets a disabled account in again.",
        events=("account.updated",),
    ),
    _command(
        "account.set_password",
        c.SetPassword,
        "operator",
        "desk",
        "Sets a password; ends all devices.",
        events=("account.secured",),
    ),
    _query("account.devices", c.ListAccountDevices, "operator", "The devices of an account."),
    _command(
        "account.reset_totp",
        c.ResetTotp,
        "operator",
        "desk",
        "Takes the second factor off an account.",
        events=("account.secured",),
    ),
    _command(
        "account.recovery_link",
        c.MakeRecoveryLink,
        "operator",
        "desk",
        "A link, good once and for an hour, to a page that sets a password.",
        events=("account.secured",),
    ),
    _command("account.token", c.IssueToken, "operator", "desk", "A bearer token good for every client."),
    _command(
        "account.delete",
        c.DeleteAccount,
        "session",
        "desk",
        "Deletes the caller's account and all that it wrote, for ever.",
        events=("account.updated", "message.deleted", "member.left", "account.deleted"),
    ),
    _command(
        "account.erase",
        c.EraseAccount,
        "operator",
        "desk",
        "Deletes an account and all that it wrote, for ever.",
        events=("account.updated", "message.deleted", "member.left", "account.deleted"),
    ),
    _query("account.export", c.ExportAccount, "session", "All that is the caller's own, in pages."),
    _command(
        "bot.create",
        c.CreateBot,
        "session",
        "desk",
        "Makes a bot of the caller's and its token.",
        events=("account.created", "bot.created"),
    ),
    _query("bot.list", c.ListBots, "session", "The caller's bots."),
    _command(
        "bot.update",
        c.UpdateBot,
        "session",
        "desk",
        "What a bot may at most; its sessions begin anew.",
        events=("bot.updated",),
    ),
    _command("bot.token", c.IssueBotToken, "session", "desk", "A new token; the bot's older ones end."),
    _command(
        "bot.delete",
        c.DeleteBot,
        "session",
        "desk",
        "Deletes a bot; what it wrote stays.",
        events=("bot.deleted", "account.updated", "member.left", "account.deleted"),
    ),
    _command(
        "space.create",
        c.CreateSpace,
        "session",
        "desk",
        "Makes a space; the caller owns it.",
        events=("space.created", "member.joined"),
    ),
    _query("space.list", c.ListSpaces, "session", "The caller's spaces; all of them for an operator."),
    _query("space.get", c.GetSpace, "session", "One space."),
    _query("space.members", c.ListSpaceMembers, "session", "Members of a space, by account id."),
    _command(
        "invite.create",
        c.CreateInvite,
        "session",
        "desk",
        "Makes an invite code.",
        events=("invite.created",),
    ),
    _query("invite.list", c.ListInvites, "session", "The invites of a space, without their codes."),
    _command(
        "invite.revoke",
        c.RevokeInvite,
        "session",
        "desk",
        "Ends an invite, named by its code or id.",
        events=("invite.revoked",),
    ),
    _command(
        "invite.accept",
        c.AcceptInvite,
        "session",
        "desk",
        "Joins the space that the code leads to.",
        events=("member.joined",),
    ),
    _command(
        "room.create",
        c.CreateRoom,
        "session",
        "space",
        "Makes a room; the caller is its first member.",
        events=("room.created", "member.joined"),
    ),
    _command(
        "room.update",
        c.UpdateRoom,
        "session",
        "room",
        "Renames a room or sets its topic.",
        events=("room.updated",),
    ),
    _command(
        "room.archive",
        c.ArchiveRoom,
        "session",
        "room",
        "Closes a room for writing; its history stays.",
        events=("room.archived",),
    ),
    _command(
        "room.join",
        c.JoinRoom,
        "session",
        "room",
        "Joins a public room of one's space.",
        events=("member.joined",),
    ),
    _command("room.leave", c.LeaveRoom, "session", "room", "Leaves a room.", events=("member.left",)),
    _query("room.list", c.ListRooms, "session", "The rooms of a space that the caller may see."),
    _query("room.get", c.GetRoom, "session", "One room."),
    _query("room.members", c.ListRoomMembers, "session", "Members of a room, by account id."),
    _command(
        "message.post",
        c.PostMessage,
        "session",
        "room",
        "Posts a message, exactly once per nonce.",
        True,
        events=("message.posted", "message.deleted", "notification.created"),
        limit="post",
    ),
    _query("room.history", c.RoomHistory, "session", "A page of messages, oldest first."),
    _command(
        "direct.open",
        c.OpenDirect,
        "session",
        "desk",
        "The direct room of the caller and these people.",
        events=("room.created", "member.joined"),
    ),
    _command(
        "message.edit",
        c.EditMessage,
        "session",
        "room",
        "Replaces the text of the caller's message.",
        events=("message.edited",),
    ),
    _command(
        "message.delete",
        c.DeleteMessage,
        "session",
        "room",
        "Erases the text of a message, for good.",
        events=("message.deleted",),
    ),
    _query("message.get", c.GetMessage, "session", "One message."),
    _query(
        "message.edits", c.ListEdits, "session", "The versions of a message, for its author and moderators."
    ),
    _query(
        "message.search", c.SearchMessages, "session", "Finds messages that the caller may see, newest first."
    ),
    _command(
        "message.schedule",
        c.ScheduleMessage,
        "session",
        "desk",
        "Posts a message at a time to come.",
        events=("message.posted",),
    ),
    _command("message.unschedule", c.UnscheduleMessage, "session", "desk", "Takes a scheduled message back."),
    _query("message.scheduled", c.ListScheduled, "session", "The caller's scheduled messages."),
    _command(
        "reaction.add",
        c.AddReaction,
        "session",
        "room",
        "Puts a reaction on a message.",
        events=("reaction.added",),
    ),
    _command(
        "reaction.remove",
        c.RemoveReaction,
        "session",
        "room",
        "Takes the caller's reaction away.",
        events=("reaction.removed",),
    ),
    _query("reaction.list", c.ListReactions, "session", "Who reacted with an emoji, by account id."),
    _command("pin.add", c.AddPin, "session", "room", "Pins a message to its room.", events=("pin.added",)),
    _command("pin.remove", c.RemovePin, "session", "room", "Takes a pin away.", events=("pin.removed",)),
    _query("pin.list", c.ListPins, "session", "The pinned messages of a room, newest pin first."),
    _query("thread.history", c.ThreadHistory, "session", "A page of the replies in a thread, oldest first."),
    _command(
        "thread.follow",
        c.FollowThread,
        "session",
        "desk",
        "Hears of new replies in a thread.",
        events=("thread.followed",),
    ),
    _command(
        "thread.unfollow",
        c.UnfollowThread,
        "session",
        "desk",
        "Hears of them no more.",
        events=("thread.unfollowed",),
    ),
    _command(
        "read.mark",
        c.MarkRead,
        "session",
        "room",
        "Moves the caller's read marker forward.",
        True,
        limit="signal",
    ),
    _query("unread.list", c.ListUnread, "session", "What is unread in each of the caller's rooms."),
    _query("receipt.list", c.ListReceipts, "session", "Whom a message has reached, and who has read it."),
    _command(
        "typing.set",
        c.SetTyping,
        "session",
        "room",
        "Shows the room that the caller is typing.",
        True,
        limit="signal",
    ),
    _command(
        "presence.set",
        c.SetPresence,
        "session",
        "desk",
        "Says whether the caller is there.",
        limit="signal",
    ),
    _command(
        "presence.watch",
        c.WatchPresence,
        "session",
        "desk",
        "Watches these accounts, and no others any more.",
        limit="signal",
    ),
    _query("notification.list", c.ListNotifications, "session", "The caller's notifications, newest first."),
    _command(
        "notification.read",
        c.ReadNotifications,
        "session",
        "account",
        "Marks notifications as read.",
        events=("notification.read",),
    ),
    _command(
        "subscription.update",
        c.UpdateSubscription,
        "session",
        "desk",
        "How the caller hears of a room.",
        events=("subscription.updated",),
    ),
    _command(
        "preferences.update",
        c.UpdatePreferences,
        "session",
        "account",
        "Quiet hours and receipts.",
        events=("preferences.updated",),
    ),
    _query("preferences.get", c.GetPreferences, "session", "The caller's preferences and subscriptions."),
    _command(
        "bookmark.add",
        c.AddBookmark,
        "session",
        "desk",
        "Keeps a message for later.",
        events=("bookmark.added",),
    ),
    _command(
        "bookmark.remove",
        c.RemoveBookmark,
        "session",
        "account",
        "Keeps it no longer.",
        events=("bookmark.removed",),
    ),
    _query("bookmark.list", c.ListBookmarks, "session", "What the caller has kept, newest first."),
    _command(
        "draft.set", c.SetDraft, "session", "desk", "Keeps what is being written; empty: nothing any more."
    ),
    _query("draft.list", c.ListDrafts, "session", "The caller's drafts."),
    _command("emoji.add", c.AddEmoji, "session", "space", "Makes a custom emoji.", events=("emoji.added",)),
    _command(
        "emoji.remove",
        c.RemoveEmoji,
        "session",
        "space",
        "Takes a custom emoji away.",
        events=("emoji.removed",),
    ),
    _query("emoji.list", c.ListEmoji, "session", "The custom emoji of a space."),
    _command(
        "space.update", c.UpdateSpace, "session", "space", "Changes a space.", events=("space.updated",)
    ),
    _command(
        "space.delete",
        c.DeleteSpace,
        "session",
        "space",
        "Deletes a space with its rooms.",
        events=("space.deleted",),
    ),
    _command("space.leave", c.LeaveSpace, "session", "space", "Leaves a space.", events=("member.left",)),
    _command(
        "space.lock",
        c.LockSpace,
        "session",
        "space",
        "For bad days: no invites, no new rooms, guests only read, slow mode.",
        events=("space.locked",),
    ),
    _command("space.unlock", c.UnlockSpace, "session", "space", "Ends the lock.", events=("space.unlocked",)),
    _command(
        "member.set_role",
        c.SetRole,
        "session",
        "space",
        "Gives a role; `dry_run` only says what that would change.",
        events=("member.role_set",),
    ),
    _command(
        "member.kick",
        c.KickMember,
        "session",
        "space",
        "Removes a member; it may come back.",
        events=("member.kicked",),
    ),
    _command(
        "member.ban",
        c.BanMember,
        "session",
        "desk",
        "Removes an account and keeps it out, `for` seconds or for ever.",
        events=("member.banned",),
    ),
    _command("member.unban", c.UnbanMember, "session", "space", "Ends a ban.", events=("member.unbanned",)),
    _command(
        "member.mute",
        c.MuteMember,
        "session",
        "space",
        "Silences a member, `for` seconds or for ever.",
        events=("member.muted",),
    ),
    _command("member.unmute", c.UnmuteMember, "session", "space", "Ends a mute.", events=("member.unmuted",)),
    _command(
        "member.erase_messages",
        c.EraseMessages,
        "session",
        "desk",
        "Deletes all that an account wrote in the space's rooms.",
        events=("member.messages_erased", "message.deleted"),
    ),
    _query("ban.list", c.ListBans, "session", "Who is banned from a space, and who is muted in it."),
    _command(
        "room.invite",
        c.InviteToRoom,
        "session",
        "room",
        "Lets a member of the space into the room.",
        events=("member.joined",),
    ),
    _command(
        "room.remove",
        c.RemoveFromRoom,
        "session",
        "room",
        "Sends a member out of the room.",
        events=("member.kicked",),
    ),
    _command(
        "room.lock",
        c.LockRoom,
        "session",
        "room",
        "Only moderators write until it is unlocked.",
        events=("room.locked",),
    ),
    _command("room.unlock", c.UnlockRoom, "session", "room", "Ends the lock.", events=("room.unlocked",)),
    _command(
        "room.unarchive",
        c.UnarchiveRoom,
        "session",
        "room",
        "Opens an archived room for writing again.",
        events=("room.unarchived",),
    ),
    _command(
        "room.delete",
        c.DeleteRoom,
        "session",
        "room",
        "Deletes a room: nobody sees it any more.",
        events=("room.deleted",),
    ),
    _command(
        "room.override",
        c.SetOverride,
        "session",
        "room",
        "Allows or denies a right to a role or an account; `dry_run` only says to whom.",
        events=("room.override_set",),
    ),
    _command(
        "message.report",
        c.ReportMessage,
        "session",
        "desk",
        "Tells the moderators of a message.",
        events=("message.reported",),
    ),
    _query("report.list", c.ListReports, "session", "What was reported in a space, oldest first."),
    _command(
        "report.resolve",
        c.ResolveReport,
        "session",
        "desk",
        "Marks a report as dealt with.",
        events=("report.resolved",),
    ),
    _query("audit.list", c.ListAudit, "session", "Who did what in a space and its rooms, newest first."),
    _query("access.explain", c.ExplainAccess, "session", "Why an account may or may not, in a room."),
    _query("access.list", c.ListAccess, "session", "Who sees a room, now or at a time."),
    _query("view.list", c.ListViews, "operator", "The views of the log, and how far they have followed it."),
    _command(
        "view.rebuild", c.RebuildView, "operator", "desk", "Drops a view and builds it from the log again."
    ),
    _query("event.list", c.ListEvents, "operator", "The log after a position; can wait for news."),
    _query("server.status", c.ServerStatus, "operator", "What runs, how big it is, how it feels."),
    _query("server.top", c.ServerTop, "operator", "The busiest actors, commit batches, connections."),
    _query(
        "server.check", c.CheckServer, "operator", "Is the database file sound, is there room on the disk."
    ),
    _query("server.verify", c.VerifyServer, "operator", "Replays the log and compares the tables with it."),
    _command(
        "backup.create", c.CreateBackup, "operator", "desk", "Writes a consistent copy of the database."
    ),
)

TABLE: Mapping[str, Entry] = {entry.name: entry for entry in ENTRIES}
EVENTS = frozenset(type_ for entry in ENTRIES for type_ in entry.events)
_FIELDS = {entry.name: frozenset(entry.fields) for entry in ENTRIES}


def find(kind: str, name: object) -> Entry | Refusal:
    """The row for a request, or a refusal that says what is wrong with its name."""
    entry = TABLE.get(name) if isinstance(name, str) else None
    if entry is None:
        return Refusal(
            "invalid", f"unknown {kind} {short(name)!r}" if isinstance(name, str) else f"{kind} is a name"
        )
    if entry.kind != kind:
        return Refusal("invalid", f"{entry.name} is a {entry.kind}, not a {kind}")
    return entry

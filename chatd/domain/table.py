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
from chatd.domain.refusal import Refusal

Kind = Literal["command", "query"]

# Who may ask: anybody on a connection, an account with an open session, or an operator (the admin
# socket, or an account that is an admin). What an account may do inside a space or room stands in
# `chatd.domain.rights` and is decided by the actor that owns the space or room.
Needs = Literal["nothing", "session", "operator"]

# Which actor decides. `room`, `space` and `account` are streams with an actor each, found by the field
# of that name (an account command goes to the caller's own); the rest is answered by the `desk`.
Route = Literal["room", "space", "account", "desk"]


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

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(field.name for field in attrs.fields(self.type))

    def read(self, data: Mapping[str, Any]) -> Any | Refusal:
        """The typed request, or why `data` is not one."""
        if unknown := data.keys() - _FIELDS[self.name]:
            known = ", ".join(self.fields) or "none"
            return Refusal("invalid", f"unknown field {min(unknown)!r}; {self.name} takes: {known}")
        try:
            return msgspec.convert(data, self.type)
        except msgspec.ValidationError as error:
            return Refusal("invalid", f"{self.name}: {str(error).replace(_NO_NUL_SAID, 'without NUL')}")


def _command(name: str, type_: type[Any], needs: Needs, route: Route, doc: str, flows: bool = False) -> Entry:
    return Entry(name, "command", type_, needs, route, doc, flows)


def _query(name: str, type_: type[Any], needs: Needs, doc: str) -> Entry:
    return Entry(name, "query", type_, needs, "desk", doc)


ENTRIES: tuple[Entry, ...] = (
    _command("account.sign_up", c.SignUp, "nothing", "desk", "Makes an account and signs it in."),
    _command("account.sign_in", c.SignIn, "nothing", "desk", "Exchanges name and password for tokens."),
    _command("account.refresh", c.Refresh, "nothing", "desk", "Exchanges a refresh token for new tokens."),
    _command("session.open", c.OpenSession, "nothing", "desk", "Opens the session, resuming at a cursor."),
    _command(
        "account.sign_out",
        c.SignOut,
        "session",
        "desk",
        "Ends this device; `account`: all of it, by an operator.",
    ),
    _command("account.update", c.UpdateAccount, "session", "account", "Changes the caller's profile."),
    _command(
        "account.change_password", c.ChangePassword, "session", "desk", "New password; ends other devices."
    ),
    _command("account.create", c.CreateAccount, "operator", "desk", "Makes an account."),
    _query("account.list", c.ListAccounts, "operator", "All accounts, by id."),
    _command("account.disable", c.DisableAccount, "operator", "desk", "Shuts an account out at once."),
    _command("account.enable", c.EnableAccount, "operator", "desk", "Lets a disabled account in again."),
    _command("account.set_password", c.SetPassword, "operator", "desk", "Sets a password; ends all devices."),
    _command("account.token", c.IssueToken, "operator", "desk", "A bearer token good for every client."),
    _command("space.create", c.CreateSpace, "session", "desk", "Makes a space; the caller owns it."),
    _query("space.list", c.ListSpaces, "session", "The caller's spaces; all of them for an operator."),
    _query("space.get", c.GetSpace, "session", "One space."),
    _query("space.members", c.ListSpaceMembers, "session", "Members of a space, by account id."),
    _command("invite.create", c.CreateInvite, "session", "desk", "Makes an invite code."),
    _query("invite.list", c.ListInvites, "session", "The invites of a space, without their codes."),
    _command("invite.revoke", c.RevokeInvite, "session", "desk", "Ends an invite, named by its code or id."),
    _command("invite.accept", c.AcceptInvite, "session", "desk", "Joins the space that the code leads to."),
    _command(
        "room.create", c.CreateRoom, "session", "space", "Makes a room; the caller is its first member."
    ),
    _command("room.update", c.UpdateRoom, "session", "room", "Renames a room or sets its topic."),
    _command(
        "room.archive", c.ArchiveRoom, "session", "room", "Closes a room for writing; its history stays."
    ),
    _command("room.join", c.JoinRoom, "session", "room", "Joins a public room of one's space."),
    _command("room.leave", c.LeaveRoom, "session", "room", "Leaves a room."),
    _query("room.list", c.ListRooms, "session", "The rooms of a space that the caller may see."),
    _query("room.get", c.GetRoom, "session", "One room."),
    _query("room.members", c.ListRoomMembers, "session", "Members of a room, by account id."),
    _command(
        "message.post", c.PostMessage, "session", "room", "Posts a message, exactly once per nonce.", True
    ),
    _query("room.history", c.RoomHistory, "session", "A page of messages, oldest first."),
    _command("read.mark", c.MarkRead, "session", "room", "Moves the caller's read marker forward.", True),
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
_NO_NUL_SAID = f"matching regex {c.NO_NUL!r}"
_FIELDS = {entry.name: frozenset(entry.fields) for entry in ENTRIES}


def find(kind: str, name: object) -> Entry | Refusal:
    """The row for a request, or a refusal that says what is wrong with its name."""
    entry = TABLE.get(name) if isinstance(name, str) else None
    if entry is None:
        return Refusal(
            "invalid", f"unknown {kind} {name!r}" if isinstance(name, str) else f"{kind} is a name"
        )
    if entry.kind != kind:
        return Refusal("invalid", f"{entry.name} is a {entry.kind}, not a {kind}")
    return entry

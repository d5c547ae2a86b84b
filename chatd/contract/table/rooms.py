"""Rooms, direct ones too."""

from __future__ import annotations

from chatd.contract import command as c
from chatd.contract.table.entry import Entry, command, query

ENTRIES: tuple[Entry, ...] = (
    command(
        "room.create",
        c.CreateRoom,
        "session",
        "space",
        "Makes a room; the caller is its first member.",
        events=("room.created", "member.joined"),
    ),
    command(
        "room.update",
        c.UpdateRoom,
        "session",
        "room",
        "Renames a room or sets its topic.",
        events=("room.updated",),
    ),
    command(
        "room.archive",
        c.ArchiveRoom,
        "session",
        "room",
        "Closes a room for writing; its history stays.",
        events=("room.archived",),
    ),
    command(
        "room.join",
        c.JoinRoom,
        "session",
        "room",
        "Joins a public room of one's space.",
        events=("member.joined",),
    ),
    command("room.leave", c.LeaveRoom, "session", "room", "Leaves a room.", events=("member.left",)),
    query("room.list", c.ListRooms, "session", "The rooms of a space that the caller may see."),
    query("room.get", c.GetRoom, "session", "One room."),
    query("room.members", c.ListRoomMembers, "session", "Members of a room, by account id."),
    query("room.history", c.RoomHistory, "session", "A page of messages, oldest first."),
    command(
        "direct.open",
        c.OpenDirect,
        "session",
        "desk",
        "The direct room of the caller and these people.",
        events=("room.created", "member.joined"),
    ),
    command(
        "room.invite",
        c.InviteToRoom,
        "session",
        "room",
        "Lets a member of the space into the room.",
        events=("member.joined",),
    ),
    command(
        "room.remove",
        c.RemoveFromRoom,
        "session",
        "room",
        "Sends a member out of the room.",
        events=("member.kicked",),
    ),
    command(
        "room.lock",
        c.LockRoom,
        "session",
        "room",
        "Only moderators write until it is unlocked.",
        events=("room.locked",),
    ),
    command("room.unlock", c.UnlockRoom, "session", "room", "Ends the lock.", events=("room.unlocked",)),
    command(
        "room.unarchive",
        c.UnarchiveRoom,
        "session",
        "room",
        "Opens an archived room for writing again.",
        events=("room.unarchived",),
    ),
    command(
        "room.delete",
        c.DeleteRoom,
        "session",
        "room",
        "Deletes a room: nobody sees it any more.",
        events=("room.deleted",),
    ),
    command(
        "room.override",
        c.SetOverride,
        "session",
        "room",
        "Allows or denies a right to a role or an account; `dry_run` only says to whom.",
        events=("room.override_set",),
    ),
)

"""Rooms: where messages are posted."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from chatd.contract.fields import (
    DEFAULT_PAGE,
    MAX_PAGE,
    MAX_SLOW_MODE,
    AnyRoomKind,
    BoundRole,
    Id,
    Limit,
    Name,
    Reason,
    Role,
    RoomKind,
    Seq,
    ShowingRight,
    Time,
    Topic,
)
from chatd.contract.http import Http
from chatd.contract.member import MemberPage
from chatd.contract.message import MessagePage
from chatd.contract.spec import RequestType, command, query


class CreateRoom(Struct, frozen=True):
    space: Id
    name: Name
    kind: RoomKind = "text"
    private: bool = False
    topic: Topic | None = None


class UpdateRoom(Struct, frozen=True):
    room: Id
    name: Name | None = None
    topic: Topic | None = None
    slow_mode: Annotated[int, Meta(ge=0, le=MAX_SLOW_MODE)] | None = None  # seconds
    reason: Reason | None = None


class ArchiveRoom(Struct, frozen=True):
    room: Id


class JoinRoom(Struct, frozen=True):
    room: Id


class LeaveRoom(Struct, frozen=True):
    room: Id


class ListRooms(Struct, frozen=True):
    space: Id
    after: Id | None = None
    limit: Limit = MAX_PAGE


class GetRoom(Struct, frozen=True):
    room: Id


class ListRoomMembers(Struct, frozen=True):
    room: Id
    after: Id | None = None
    limit: Limit = DEFAULT_PAGE


class RoomHistory(Struct, frozen=True):
    room: Id
    before: Seq | None = None
    after: Seq | None = None
    around: Seq | None = None
    limit: Limit = DEFAULT_PAGE


class InviteToRoom(Struct, frozen=True):
    room: Id
    account: Id


class RemoveFromRoom(Struct, frozen=True):
    room: Id
    account: Id
    reason: Reason | None = None


class LockRoom(Struct, frozen=True):
    room: Id
    reason: Reason | None = None


class UnlockRoom(Struct, frozen=True):
    room: Id
    reason: Reason | None = None


class UnarchiveRoom(Struct, frozen=True):
    room: Id


class DeleteRoom(Struct, frozen=True):
    room: Id
    reason: Reason | None = None


class SetOverride(Struct, frozen=True):
    room: Id
    right: ShowingRight
    role: BoundRole | None = None
    account: Id | None = None
    allow: bool | None = None
    reason: Reason | None = None
    dry_run: bool = False


class Room(Struct, frozen=True, kw_only=True):
    """`head` is the seq of the newest event.

    Messages are erased after `keep_days`; 0: never, null: as the space says. `hold`: a legal hold on this
    room; one on the space counts as well.

    A direct room has no space and no name (null and `""`), but `accounts`: its members, the caller among
    them, and `disabled`: those of them who are disabled.
    """

    id: Id
    space: Id | None
    name: str
    kind: AnyRoomKind
    private: bool
    topic: str | None
    archived: bool
    locked: bool
    slow_mode: int  # seconds
    keep_days: int | None
    hold: bool
    created_at: Time
    head: int
    accounts: list[Id] | UnsetType = UNSET
    disabled: list[Id] | UnsetType = UNSET


class OwnRoom(Room, frozen=True, kw_only=True):
    """A room that the caller is in. `role` is the caller's in the space, null in a direct room.

    `read` is the caller's read marker; `unread`, `mentions` and `first_unread` are as in `unread.list`.
    Only a direct room has `request`: see `direct.list`.
    """

    read: int
    unread: int
    mentions: int
    first_unread: int | None
    role: Role | None
    request: bool | UnsetType = UNSET


class ListedRoom(Room, frozen=True, kw_only=True):
    """`member`: whether the caller is one."""

    member: bool


class RightOverride(Struct, frozen=True, kw_only=True):
    """Allows or denies a right in a room, to a role or to an account."""

    right: ShowingRight
    allow: bool
    role: BoundRole | UnsetType = UNSET
    account: Id | UnsetType = UNSET


class RoomDetail(Room, frozen=True, kw_only=True):
    """`members` is a count. Accounts get `rights` and `read`, those who may set them `overrides`; of a direct
    room also whether it is `listed` (see `direct.list`) and a `request`."""

    members: int
    member: bool
    overrides: list[RightOverride] | UnsetType = UNSET
    rights: dict[ShowingRight, bool] | UnsetType = UNSET
    read: int | UnsetType = UNSET
    listed: bool | UnsetType = UNSET
    request: bool | UnsetType = UNSET


class RoomResult(Struct, frozen=True, kw_only=True):
    room: Room


class RoomDetailResult(Struct, frozen=True, kw_only=True):
    room: RoomDetail


class RoomList(Struct, frozen=True, kw_only=True):
    """By id, which is the order in which they were made."""

    rooms: list[ListedRoom]
    next: Id | None


class OverrideSet(Struct, frozen=True, kw_only=True):
    """Empty when the override was set. A dry run names the accounts that gain and lose the right."""

    right: ShowingRight | UnsetType = UNSET
    gains: list[Id] | UnsetType = UNSET
    loses: list[Id] | UnsetType = UNSET


REQUESTS: tuple[RequestType, ...] = (
    command(
        "room.create",
        CreateRoom,
        RoomResult,
        doc="Makes a room; the caller is its first member.",
        http=Http("POST", "/spaces/{space}/rooms", 201),
        scope="manage",
        refusals=("not_found", "conflict"),
        events=("room.created", "member.joined"),
        notes=(
            "No two rooms of a space have the same name, or names that look the same; archived rooms count,"
            " deleted ones do not. A private room takes its name only from its members, so that nobody else"
            " finds out that there is one.",
            "Whoever makes a room is its first member. A public room that an operator makes starts empty, a"
            " private one with the space's owner.",
            "A muted member makes no rooms; while the space is locked only those who hold `message.hurry`"
            " do.",
        ),
    ),
    command(
        "room.update",
        UpdateRoom,
        doc="Renames a room or sets its topic.",
        http=Http("PATCH", "/rooms/{room}"),
        scope="manage",
        decided_by="room",
        refusals=("not_found", "conflict"),
        events=("room.updated",),
        notes=(
            "Changes the fields that are given. `reason` stands in `room.updated` and is no part of the"
            " room; a reason alone changes nothing.",
            "`slow_mode` is the number of seconds between two posts of an account or its bots; 0 ends it. A"
            " post that comes sooner is `rate_limited`. Whoever holds `message.hurry` need not wait, and a"
            " repeated nonce gets its result at once.",
        ),
    ),
    command(
        "room.archive",
        ArchiveRoom,
        doc="Closes a room for writing; its history stays.",
        http=Http("POST", "/rooms/{room}/archive"),
        scope="manage",
        decided_by="room",
        refusals=("not_found",),
        events=("room.archived",),
        notes=(
            "Nobody joins or changes anything in an archived room, but messages can be deleted, members can"
            " leave, and the room itself can be changed or opened again.",
            "Archiving twice returns `{}` and logs nothing.",
        ),
    ),
    command(
        "room.join",
        JoinRoom,
        doc="Joins a public room of one's space.",
        http=Http("POST", "/rooms/{room}/join"),
        scope="join",
        decided_by="room",
        refusals=("not_found",),
        events=("member.joined",),
        notes=(
            "A guest, and anybody in a private room, needs `room.invite`. Joining twice returns `{}` and"
            " logs nothing.",
        ),
    ),
    command(
        "room.leave",
        LeaveRoom,
        doc="Leaves a room.",
        http=Http("POST", "/rooms/{room}/leave"),
        scope="join",
        decided_by="room",
        refusals=("not_found",),
        events=("member.left",),
    ),
    query(
        "room.list",
        ListRooms,
        RoomList,
        doc="The rooms of a space that the caller may see.",
        http=Http("GET", "/spaces/{space}/rooms"),
        scope="read",
        refusals=("not_found",),
    ),
    query(
        "room.get",
        GetRoom,
        RoomDetailResult,
        doc="One room.",
        http=Http("GET", "/rooms/{room}"),
        scope="read",
        refusals=("not_found",),
        notes=(
            "`rights` has `{right: boolean}` for each right that overrides, mutes and locks concern:"
            " whether the caller holds it, once it has joined. In announcement rooms posting takes"
            " `message.announce`.",
            "`overrides` is for operators and those who hold `room.override`; direct rooms have none.",
        ),
    ),
    query(
        "room.members",
        ListRoomMembers,
        MemberPage,
        doc="Members of a room, by account id.",
        http=Http("GET", "/rooms/{room}/members"),
        scope="read",
        refusals=("not_found",),
    ),
    query(
        "room.history",
        RoomHistory,
        MessagePage,
        doc="A page of messages, oldest first.",
        http=Http("GET", "/rooms/{room}/messages"),
        scope="read",
        refusals=("not_found",),
        notes=(
            "Takes one of `before`, `after` and `around` (a `seq`; `around` is included), or none for the"
            " newest.",
            "Whoever may read a room may read all of this: every member of the space who is no guest,"
            " without joining, if the room is public.",
            "A page carries at most 512 KiB of texts and may be shorter than `limit`; only `more_before`"
            " and `more_after` say whether there is more.",
        ),
    ),
    command(
        "room.invite",
        InviteToRoom,
        doc="Adds a member of the space to the room.",
        http=Http("PUT", "/rooms/{room}/members/{account}"),
        scope="moderate",
        refusals=("not_found", "conflict"),
        events=("member.joined",),
        notes=(
            "The caller must be in the room and the account in the space; there is nothing to accept. It is"
            " the only way into a private room, and for guests into any room. An account that has blocked the"
            " caller stays outside; the caller is not told. `conflict`: the account is disabled.",
        ),
    ),
    command(
        "room.remove",
        RemoveFromRoom,
        doc="Removes a member from the room.",
        http=Http("DELETE", "/rooms/{room}/members/{account}"),
        scope="moderate",
        decided_by="room",
        refusals=("not_found",),
        events=("member.kicked",),
        notes=(
            "The account may come back into a public room. Removing oneself is `invalid`: use `room.leave`.",
        ),
    ),
    command(
        "room.lock",
        LockRoom,
        doc="Only moderators write until it is unlocked.",
        http=Http("PUT", "/rooms/{room}/lock"),
        scope="moderate",
        decided_by="room",
        refusals=("not_found",),
        events=("room.locked",),
        notes=("Only those who hold `room.lock` write; everybody may still add reactions.",),
    ),
    command(
        "room.unlock",
        UnlockRoom,
        doc="Ends the lock.",
        http=Http("DELETE", "/rooms/{room}/lock"),
        scope="moderate",
        decided_by="room",
        refusals=("not_found",),
        events=("room.unlocked",),
    ),
    command(
        "room.unarchive",
        UnarchiveRoom,
        doc="Opens an archived room for writing again.",
        http=Http("POST", "/rooms/{room}/unarchive"),
        scope="manage",
        decided_by="room",
        refusals=("not_found",),
        events=("room.unarchived",),
    ),
    command(
        "room.delete",
        DeleteRoom,
        doc="Deletes a room: nobody sees it any more.",
        http=Http("DELETE", "/rooms/{room}"),
        scope="manage",
        decided_by="room",
        refusals=("not_found", "conflict"),
        events=("room.deleted",),
        notes=(
            "The room is `not_found` for everybody, operators included; `room.deleted` is the last event"
            " that its members get. Nothing brings it back, and texts are not erased by it (see"
            " `space.delete`). Under a legal hold, on it or on its space, it is a `conflict`.",
        ),
    ),
    command(
        "room.override",
        SetOverride,
        OverrideSet,
        doc="Allows or denies a right to a role or an account; `dry_run` only says to whom.",
        http=Http("PUT", "/rooms/{room}/overrides/{right}"),
        scope="manage",
        decided_by="room",
        refusals=("not_found", "conflict"),
        events=("room.override_set",),
        notes=(
            "Takes either `role` or `account`. `allow` true allows, false denies, and without it the"
            " override is taken away.",
            "An override for an account needs a member of the space below the caller, and ends when the"
            " account leaves. An override for an account comes before one for its role. A room has at most"
            " 200 overrides.",
            "With `dry_run` nothing changes and the result names the accounts that would gain or lose the"
            " right.",
        ),
    ),
)

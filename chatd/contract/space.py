"""Spaces: communities of members with roles."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from chatd.contract.fields import (
    DEFAULT_PAGE,
    MAX_PAGE,
    About,
    Id,
    Limit,
    Name,
    PictureOrNone,
    Reason,
    Role,
    Time,
)
from chatd.contract.http import Http
from chatd.contract.member import MemberPage
from chatd.contract.spec import RequestType, command, query


class CreateSpace(Struct, frozen=True):
    name: Name
    description: About | None = None
    icon: PictureOrNone | None = None
    owner: Id | None = None


class ListSpaces(Struct, frozen=True):
    after: Id | None = None
    limit: Limit = MAX_PAGE


class GetSpace(Struct, frozen=True):
    space: Id


class ListSpaceMembers(Struct, frozen=True):
    space: Id
    after: Id | None = None
    limit: Limit = DEFAULT_PAGE


class UpdateSpace(Struct, frozen=True):
    space: Id
    name: Name | None = None
    description: About | None = None
    icon: PictureOrNone | None = None


class DeleteSpace(Struct, frozen=True):
    space: Id
    reason: Reason | None = None


class LeaveSpace(Struct, frozen=True):
    space: Id


class LockSpace(Struct, frozen=True):
    space: Id
    reason: Reason | None = None


class UnlockSpace(Struct, frozen=True):
    space: Id
    reason: Reason | None = None


class Space(Struct, frozen=True, kw_only=True):
    """`owner` is the member who has been an owner for longest, null while there is none.

    A space may have several owners. Messages of its rooms are erased after `keep_days` (0: never), unless
    the room says otherwise. `hold`: a legal hold on all its rooms.
    """

    id: Id
    name: str
    description: str | None
    icon: str | None
    owner: Id | None
    locked: bool
    keep_days: int
    hold: bool
    created_at: Time


class OwnSpace(Space, frozen=True, kw_only=True):
    """A space of the caller's, with the caller's role. An operator sees all spaces, without a role."""

    role: Role | UnsetType = UNSET


class SpaceDetail(Space, frozen=True, kw_only=True):
    """With the caller's role (null for an operator) and the number of members."""

    role: Role | None
    members: int


class SpaceResult(Struct, frozen=True, kw_only=True):
    space: Space


class SpaceDetailResult(Struct, frozen=True, kw_only=True):
    space: SpaceDetail


class SpaceList(Struct, frozen=True, kw_only=True):
    """By id, which is the order in which they were made."""

    spaces: list[OwnSpace]
    next: Id | None


REQUESTS: tuple[RequestType, ...] = (
    command(
        "space.create",
        CreateSpace,
        SpaceResult,
        doc="Makes a space; the caller owns it.",
        http=Http("POST", "/spaces", 201),
        scope="never",
        refusals=("not_found", "conflict"),
        events=("space.created", "member.joined"),
        notes=(
            "An operator names the `owner`; everybody else owns the space they make.",
            "No two spaces of a server have the same name, or names that look the same; deleted ones do not"
            " count.",
        ),
    ),
    query(
        "space.list",
        ListSpaces,
        SpaceList,
        doc="The caller's spaces; all of them for an operator.",
        http=Http("GET", "/spaces"),
        scope="read",
        notes=("Operators get all spaces, without `role`.",),
    ),
    query(
        "space.get",
        GetSpace,
        SpaceDetailResult,
        doc="One space.",
        http=Http("GET", "/spaces/{space}"),
        scope="read",
        refusals=("not_found",),
        notes=(
            "`role` is the caller's, or `null`; `members` counts those whom `space.members` lists.",
            "`owner` is `null` for a guest who does not see the owner (`space.members`).",
        ),
    ),
    query(
        "space.members",
        ListSpaceMembers,
        MemberPage,
        doc="Members of a space, by account id.",
        http=Http("GET", "/spaces/{space}/members"),
        scope="read",
        refusals=("not_found",),
        notes=(
            "A guest gets those whom it sees: who shares a room with it, of this space or not, or a space in"
            " which it is no guest (`member.see_all`).",
        ),
    ),
    command(
        "space.update",
        UpdateSpace,
        doc="Changes a space.",
        http=Http("PATCH", "/spaces/{space}"),
        scope="manage",
        decided_by="space",
        refusals=("not_found", "conflict"),
        events=("space.updated",),
        notes=("Changes the fields that are given. An empty string empties `description` or `icon`.",),
    ),
    command(
        "space.delete",
        DeleteSpace,
        doc="Deletes a space with its rooms.",
        http=Http("DELETE", "/spaces/{space}"),
        scope="never",
        decided_by="space",
        refusals=("not_found", "conflict"),
        events=("space.deleted",),
        notes=(
            "The space and its rooms are `not_found` for everybody, operators included. Nothing brings it"
            " back. `space.deleted` is the last event that its members get.",
            "Texts are not erased: they stay in the log, which only operators read, until they expire, or"
            " retention or the deletion of their author's account erases them. `member.erase_messages` and"
            " `message.delete` erase them before. Under a legal hold it is a `conflict`.",
        ),
    ),
    command(
        "space.leave",
        LeaveSpace,
        doc="Leaves a space.",
        http=Http("POST", "/spaces/{space}/leave"),
        scope="join",
        decided_by="space",
        refusals=("not_found", "conflict"),
        events=("member.left",),
        notes=(
            "The account leaves the space's rooms with the same event; there is no event in the rooms. Its"
            " bots leave too, each with its own `member.left`.",
            "The last owner cannot leave (`conflict`): give somebody else the role `owner` first.",
        ),
    ),
    command(
        "space.lock",
        LockSpace,
        doc="Locks a space: no invites, no new rooms, guests only read, slow mode.",
        http=Http("PUT", "/spaces/{space}/lock"),
        scope="moderate",
        decided_by="space",
        refusals=("not_found",),
        events=("space.locked",),
        notes=(
            "While a space is locked no invite is made or lets anybody in, guests only read, and only those"
            " who hold `message.hurry` make rooms.",
            "Every room has a slow mode of at least 30 seconds, which also holds for editing, adding"
            " reactions and pinning.",
        ),
    ),
    command(
        "space.unlock",
        UnlockSpace,
        doc="Ends the lock.",
        http=Http("DELETE", "/spaces/{space}/lock"),
        scope="moderate",
        decided_by="space",
        refusals=("not_found",),
        events=("space.unlocked",),
    ),
)

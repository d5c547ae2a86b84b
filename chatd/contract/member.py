"""Members of a space: roles and moderation."""

from __future__ import annotations

import attrs
from msgspec import UNSET, UnsetType

from chatd.contract.fields import Id, Reason, Right, Role, Seconds, Time
from chatd.contract.rows import result
from chatd.contract.spec import RequestType, command


@attrs.frozen
class SetRole:
    space: Id
    account: Id
    role: Role
    reason: Reason | None = None
    dry_run: bool = False


@attrs.frozen
class KickMember:
    space: Id
    account: Id
    reason: Reason | None = None


@attrs.frozen
class BanMember:
    space: Id
    account: Id
    reason: Reason | None = None
    for_: Seconds | None = None


@attrs.frozen
class UnbanMember:
    space: Id
    account: Id
    reason: Reason | None = None


@attrs.frozen
class MuteMember:
    space: Id
    account: Id
    reason: Reason | None = None
    for_: Seconds | None = None


@attrs.frozen
class UnmuteMember:
    space: Id
    account: Id
    reason: Reason | None = None


@attrs.frozen
class EraseMessages:
    space: Id
    account: Id
    reason: Reason | None = None


@result
class Member:
    """A member of a space or room; `role` is the one in the space."""

    account: Id
    name: str
    display_name: str
    role: Role | None
    joined_at: Time
    bot: bool


@result
class MemberPage:
    """By account id. `next` is the `after` of the following page, null at the end."""

    members: list[Member]
    next: Id | None


@result
class RoleSet:
    """Empty when the role was set. A dry run names both roles, and the rights gained and lost."""

    before: Role | UnsetType = UNSET
    after: Role | UnsetType = UNSET
    gains: list[Right] | UnsetType = UNSET
    loses: list[Right] | UnsetType = UNSET


@result
class MessagesErased:
    """How many messages were deleted."""

    erased: int


REQUESTS: tuple[RequestType, ...] = (
    command(
        "member.set_role",
        SetRole,
        RoleSet,
        doc="Gives a role; `dry_run` only says what that would change.",
        scope="never",
        decided_by="space",
        refusals=("not_found", "conflict"),
        events=("member.role_set",),
    ),
    command(
        "member.kick",
        KickMember,
        doc="Removes a member; it may come back.",
        scope="moderate",
        decided_by="space",
        refusals=("not_found", "conflict"),
        events=("member.kicked",),
    ),
    command(
        "member.ban",
        BanMember,
        doc="Removes an account and keeps it out, `for` seconds or for ever.",
        scope="moderate",
        refusals=("not_found", "conflict"),
        events=("member.banned",),
    ),
    command(
        "member.unban",
        UnbanMember,
        doc="Ends a ban.",
        scope="moderate",
        decided_by="space",
        refusals=("not_found",),
        events=("member.unbanned",),
    ),
    command(
        "member.mute",
        MuteMember,
        doc="Silences a member, `for` seconds or for ever.",
        scope="moderate",
        decided_by="space",
        refusals=("not_found",),
        events=("member.muted",),
    ),
    command(
        "member.unmute",
        UnmuteMember,
        doc="Ends a mute.",
        scope="moderate",
        decided_by="space",
        refusals=("not_found",),
        events=("member.unmuted",),
    ),
    command(
        "member.erase_messages",
        EraseMessages,
        MessagesErased,
        doc="Deletes all that an account wrote in the space's rooms.",
        scope="moderate",
        refusals=("not_found",),
        events=("member.messages_erased", "message.deleted"),
    ),
)

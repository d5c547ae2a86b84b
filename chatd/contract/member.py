"""Members of a space: roles and moderation."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType, field

from chatd.contract.fields import Id, Reason, Right, Role, Seconds, Time
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command


class SetRole(Struct, frozen=True):
    space: Id
    account: Id
    role: Role
    reason: Reason | None = None
    dry_run: bool = False


class KickMember(Struct, frozen=True):
    space: Id
    account: Id
    reason: Reason | None = None


class BanMember(Struct, frozen=True):
    space: Id
    account: Id
    reason: Reason | None = None
    for_: Seconds | None = field(default=None, name="for")


class UnbanMember(Struct, frozen=True):
    space: Id
    account: Id
    reason: Reason | None = None


class MuteMember(Struct, frozen=True):
    space: Id
    account: Id
    reason: Reason | None = None
    for_: Seconds | None = field(default=None, name="for")


class UnmuteMember(Struct, frozen=True):
    space: Id
    account: Id
    reason: Reason | None = None


class EraseMessages(Struct, frozen=True):
    space: Id
    account: Id
    reason: Reason | None = None
    dry_run: bool = False


class Member(Struct, frozen=True, kw_only=True):
    """A member of a space or room; `role` is the one that it was given in the space.

    `disabled`: its account is disabled, or that of a bot's owner; nobody reaches it.
    """

    account: Id
    name: str
    display_name: str
    role: Role | None
    joined_at: Time
    bot: bool
    disabled: bool


class MemberPage(Struct, frozen=True, kw_only=True):
    """By account id. `next` is the `after` of the following page, null at the end."""

    members: list[Member]
    next: Id | None


class RoleSet(Struct, frozen=True, kw_only=True):
    """Empty when the role was set. A dry run names both roles, and the rights gained and lost."""

    before: Role | UnsetType = UNSET
    after: Role | UnsetType = UNSET
    gains: list[Right] | UnsetType = UNSET
    loses: list[Right] | UnsetType = UNSET


class RoomMessages(Struct, frozen=True, kw_only=True):
    """How many messages of the account stand in a room."""

    room: Id
    messages: int


class MessageErasure(Struct, frozen=True, kw_only=True):
    """What will be erased, in all and by room; `due_at` that time, if anything was ordered."""

    messages: int
    rooms: list[RoomMessages]
    due_at: Time | UnsetType = UNSET


REQUESTS: tuple[RequestType, ...] = (
    command(
        "member.set_role",
        SetRole,
        RoleSet,
        doc="Gives a role; `dry_run` only says what that would change.",
        http=Http("PUT", "/spaces/{space}/members/{account}/role"),
        scope="never",
        decided_by="space",
        refusals=("not_found", "conflict"),
        events=("member.role_set",),
        notes=(
            "Nobody acts on somebody of the same or a higher role; who has left counts with"
            " the role they had. A role is given by somebody with a higher one, `owner` by owners; no other"
            " way gives more (`invite.create`). Everybody may step down.",
            "A space keeps an owner: what would take away the last one is `conflict`, for operators too. To"
            " hand a space over, give somebody else `owner`, then step down or leave.",
            "With `dry_run` nothing changes and the result says what would: two roles, and the rights"
            " between them.",
        ),
    ),
    command(
        "member.kick",
        KickMember,
        doc="Removes a member; it may come back.",
        http=Http("DELETE", "/spaces/{space}/members/{account}"),
        scope="moderate",
        decided_by="space",
        refusals=("not_found", "conflict"),
        events=("member.kicked",),
        notes=(
            "The account leaves the space's rooms with the same event. It may come back, and is then in no"
            " room.",
        ),
    ),
    command(
        "member.ban",
        BanMember,
        doc="Removes an account and keeps it out, `for` seconds or for ever.",
        http=Http("PUT", "/spaces/{space}/bans/{account}"),
        scope="moderate",
        refusals=("not_found", "conflict"),
        events=("member.banned",),
        notes=(
            "`for` is in seconds; without it the ban lasts until `member.unban`. A new ban replaces the end"
            " of the old one.",
            "An account that is not in the space can be banned too. No event tells that a ban has run out:"
            " `until` is in the event that began it.",
        ),
    ),
    command(
        "member.unban",
        UnbanMember,
        doc="Ends a ban.",
        http=Http("DELETE", "/spaces/{space}/bans/{account}"),
        scope="moderate",
        decided_by="space",
        refusals=("not_found",),
        events=("member.unbanned",),
    ),
    command(
        "member.mute",
        MuteMember,
        doc="Silences a member, `for` seconds or for ever.",
        http=Http("PUT", "/spaces/{space}/mutes/{account}"),
        scope="moderate",
        decided_by="space",
        refusals=("not_found",),
        events=("member.muted",),
        notes=(
            "Takes `message.post`, `message.announce`, `mention.loud`, `reaction.add` and `pin.set` away in"
            " all rooms of the space. A mute outlasts leaving the space.",
            "`for` is in seconds; no event tells that a mute has run out.",
            "A muted member makes no rooms.",
        ),
    ),
    command(
        "member.unmute",
        UnmuteMember,
        doc="Ends a mute.",
        http=Http("DELETE", "/spaces/{space}/mutes/{account}"),
        scope="moderate",
        decided_by="space",
        refusals=("not_found",),
        events=("member.unmuted",),
    ),
    command(
        "member.erase_messages",
        EraseMessages,
        MessageErasure,
        doc="Orders that all that an account wrote in the space's rooms is erased; `dry_run` only counts it.",
        http=Http("POST", "/spaces/{space}/members/{account}/erase_messages"),
        scope="moderate",
        refusals=("not_found", "conflict"),
        events=("member.erasure_ordered", "member.messages_erased", "message.deleted"),
        notes=(
            "The server carries it out at `due_at`, after the setting `erase_messages_delay`, also when it"
            " was restarted meanwhile. Until then `erasure.cancel` takes it back. An account has one order in"
            " a space at a time: a second one is `conflict`.",
            "It reaches what the account had written before the order, in rooms that whoever ordered it sees"
            " then and still sees at that time; operators see all. It lapses when whoever ordered it may not"
            " order it any more, or was disabled.",
            "With one `message.deleted` for each message, and `member.messages_erased` at the end.",
        ),
    ),
)

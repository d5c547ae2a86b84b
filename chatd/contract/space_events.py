"""What can happen in the stream of a space: to it, its members, invites, emoji and rooms."""

from __future__ import annotations

from typing import Final

from msgspec import UNSET, Struct, UnsetType, field

from chatd.contract.fields import Id, Role, RoomKind, Time
from chatd.contract.shared_payloads import AboutAccount, AboutMember, HoldSet, Left, Nothing, Reason
from chatd.contract.spec import EventType


class SpaceCreated(Struct, frozen=True, kw_only=True):
    name: str
    description: str | UnsetType = UNSET
    icon: str | UnsetType = UNSET


class SpaceUpdated(Struct, frozen=True, kw_only=True):
    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    icon: str | UnsetType = UNSET


class JoinedSpace(Struct, frozen=True, kw_only=True):
    account: Id
    role: Role
    invite: Id | UnsetType = UNSET
    owner: Id | UnsetType = UNSET
    imported: Id | UnsetType = UNSET


class Restricted(Struct, frozen=True, kw_only=True):
    account: Id
    until: Time | UnsetType = UNSET
    reason: str | UnsetType = UNSET


class ErasureOrdered(Struct, frozen=True, kw_only=True):
    account: Id
    due_at: Time
    reason: str | UnsetType = UNSET


class RoleChanged(Struct, frozen=True, kw_only=True):
    account: Id
    role: Role
    before: Role
    reason: str | UnsetType = UNSET


class InviteCreated(Struct, frozen=True, kw_only=True):
    invite: Id
    role: Role
    max_uses: int | UnsetType = UNSET
    expires_at: Time | UnsetType = UNSET


class InviteRevoked(Struct, frozen=True, kw_only=True):
    invite: Id


class PublicRoomCreated(Struct, frozen=True, kw_only=True):
    room: Id
    name: str
    kind: RoomKind
    topic: str | UnsetType = UNSET


class EmojiAdded(Struct, frozen=True, kw_only=True):
    name: str
    image: str
    imported: Id | UnsetType = UNSET


class EmojiRemoved(Struct, frozen=True, kw_only=True):
    name: str
    imported: Id | UnsetType = UNSET


class ImportBegun(Struct, frozen=True, kw_only=True):
    import_: Id = field(name="import")
    format: str
    source: str


class AboutImport(Struct, frozen=True, kw_only=True):
    import_: Id = field(name="import")


class RetentionOfSpace(Struct, frozen=True, kw_only=True):
    keep_days: int
    reason: str | UnsetType = UNSET


SPACE_EVENTS: Final = (
    EventType(
        "space.created",
        "space",
        SpaceCreated,
        "The space was made. A client waits for its own `member.joined`.",
        audited=True,
    ),
    EventType(
        "space.updated",
        "space",
        SpaceUpdated,
        "The fields that changed. A client changes the space.",
        audited=True,
    ),
    EventType(
        "space.locked",
        "space",
        Reason,
        "The space is locked. A client shows it; guests do not write.",
        audited=True,
    ),
    EventType("space.unlocked", "space", Reason, "The space is no longer locked.", audited=True),
    EventType(
        "space.deleted",
        "space",
        Reason,
        "A client removes the space with all its rooms.",
        audited=True,
        lets="all_out",
    ),
    EventType(
        "member.joined",
        "space",
        JoinedSpace,
        "A client adds a member; if the member is itself, it loads the space. `owner` is a bot's.",
        audited=True,
        lets="in",
    ),
    EventType(
        "member.left",
        "space",
        Left,
        "A client removes a member, from the space's rooms too; if it is itself, the space with its rooms.",
        audited=True,
        lets="out",
    ),
    EventType(
        "member.kicked",
        "space",
        AboutAccount,
        "A moderator removed a member. A client does as for `member.left`.",
        audited=True,
        lets="out",
    ),
    EventType(
        "member.banned",
        "space",
        Restricted,
        "A moderator banned an account, which need not have been a member. A client does as for"
        " `member.left`, and adds it to the bans where it shows them.",
        audience="member.ban",
        audited=True,
        lets="out",
    ),
    EventType(
        "member.unbanned",
        "space",
        AboutAccount,
        "A client removes the account from the bans.",
        audience="member.ban",
        audited=True,
    ),
    EventType(
        "member.role_set",
        "space",
        RoleChanged,
        "A client changes the role; if it is its own, it changes what it offers, and loads what it may see"
        " now (`room.list`, `invite.list`).",
        audited=True,
    ),
    EventType(
        "member.disabled",
        "space",
        AboutMember,
        "The member's account was disabled, or its owner's: nobody reaches it. A client marks the member, in"
        " the space's rooms too, and does not offer to mention or invite it.",
    ),
    EventType(
        "member.enabled",
        "space",
        AboutMember,
        "The member's account is not disabled any more. A client takes the mark away.",
    ),
    EventType(
        "member.muted",
        "space",
        Restricted,
        "If the member is itself, a client does not offer to write.",
        audience="member.mute",
        audited=True,
    ),
    EventType(
        "member.unmuted",
        "space",
        AboutAccount,
        "If the member is itself, a client offers to write again.",
        audience="member.mute",
        audited=True,
    ),
    EventType(
        "member.erasure_ordered",
        "space",
        ErasureOrdered,
        "An admin ordered all messages of an account to be erased at `due_at`. A client adds it where it"
        " shows such orders.",
        audience="member.erase_messages",
        audited=True,
    ),
    EventType(
        "member.erasure_cancelled",
        "space",
        AboutAccount,
        "The order was taken back, or lapsed (by `system`). A client removes it where it shows such orders.",
        audience="member.erase_messages",
        audited=True,
    ),
    EventType(
        "member.messages_erased",
        "space",
        AboutAccount,
        "The order was carried out; an event deleted each message. A client removes the order where it shows"
        " such orders.",
        audited=True,
    ),
    EventType(
        "invite.created",
        "space",
        InviteCreated,
        "A client adds the invite where it shows invites. A `member.joined` names the invite that it used.",
        audience="invite.list",
        audited=True,
    ),
    EventType(
        "invite.revoked",
        "space",
        InviteRevoked,
        "A client removes the invite.",
        audience="invite.list",
        audited=True,
    ),
    EventType(
        "room.created",
        "space",
        PublicRoomCreated,
        "A public room was made in the space. A client lists it among the rooms to join. A room that it is"
        " not in tells it nothing more: it asks `room.list` when it opens the list.",
        audience="room.see_public",
        audited=True,
    ),
    EventType(
        "emoji.added", "space", EmojiAdded, "A client adds it to what it offers as reactions.", audited=True
    ),
    EventType("emoji.removed", "space", EmojiRemoved, "A client removes it.", audited=True),
    EventType(
        "space.exported",
        "space",
        Nothing,
        "Somebody (`by`) began to export the space with its rooms. A client tells its person.",
        audited=True,
    ),
    EventType(
        "import.begun",
        "space",
        ImportBegun,
        "Somebody (`by`) imports into the space what another chat has exported. A client tells its person.",
        audited=True,
    ),
    EventType("import.finished", "space", AboutImport, "The import is complete.", audited=True),
    EventType("import.undone", "space", AboutImport, "The import was taken back.", audited=True),
    EventType(
        "space.retention_set",
        "space",
        RetentionOfSpace,
        "Messages in its rooms are erased after `keep_days`; 0: never. A client shows it.",
        audited=True,
    ),
    EventType(
        "space.hold_set",
        "space",
        HoldSet,
        "A legal hold on all its rooms begins or ends. A client shows it.",
        audited=True,
    ),
)

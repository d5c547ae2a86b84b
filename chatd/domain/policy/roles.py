"""Roles and rights: which role holds which right. Every decider and every query reads this table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # chatctl's help names roles and rights, and should not load what the contract loads
    from chatd.contract.fields import Right, Role

RANK: Final[Mapping[str, int]] = {"owner": 4, "admin": 3, "moderator": 2, "member": 1, "guest": 0}

# The lowest role that holds the right; higher roles hold it too.
LOWEST_ROLE: Final[Mapping[Right, str]] = {
    "space.update": "admin",
    "space.delete": "owner",
    "space.lock": "moderator",
    "space.export": "admin",
    "space.set_retention": "admin",
    "invite.create": "moderator",
    "invite.list": "moderator",
    "member.see_all": "member",  # also those with whom they share no room
    "member.set_role": "admin",
    "member.kick": "moderator",
    "member.ban": "moderator",
    "member.mute": "moderator",
    "member.erase_messages": "admin",
    "room.create": "member",
    "room.create_private": "member",
    "room.see_public": "member",
    "room.join_public": "member",
    "room.invite": "member",
    "room.remove": "moderator",
    "room.update": "moderator",
    "room.lock": "moderator",
    "room.override": "admin",
    "room.archive": "admin",
    "room.delete": "admin",
    "room.set_retention": "admin",
    "message.post": "guest",
    "message.announce": "moderator",
    "message.hurry": "moderator",  # exempt from slow mode
    "message.delete_any": "moderator",
    "message.see_edits": "moderator",
    "mention.loud": "member",
    "reaction.add": "guest",
    "pin.set": "member",
    "emoji.manage": "moderator",
    "report.list": "moderator",
    "audit.list": "admin",
}

# A mute takes these rights away; an override of a room gives or takes them.
OVERRIDABLE_RIGHTS: Final[tuple[Right, ...]] = (
    "message.post",
    "message.announce",
    "mention.loud",
    "reaction.add",
    "pin.set",
)
# The rights that are decided for each room.
ROOM_RIGHTS: Final[tuple[Right, ...]] = (
    "room.see_public",
    "room.join_public",
    "room.invite",
    "room.remove",
    "room.update",
    "room.lock",
    "room.override",
    "room.archive",
    "room.delete",
    "room.set_retention",
    "message.hurry",
    "message.delete_any",
    "message.see_edits",
    *OVERRIDABLE_RIGHTS,
)
# Overrides apply to these roles; owners and admins set them.
OVERRIDABLE_ROLES: Final = ("moderator", "member", "guest")


# What somebody who is let in may be without anybody's giving a role.
ROLES_OF_NEWCOMERS: Final = ("member", "guest")


def may(role: str | None, right: Right) -> bool:
    """Whether the role holds the right. None: the account is not in the space."""
    return role is not None and RANK[role] >= RANK[LOWEST_ROLE[right]]


def outranks(role: str, other: str) -> bool:
    return RANK[role] > RANK[other]


def lower_role(role: Role, other: Role) -> Role:
    return other if outranks(role, other) else role


def may_give(own: str | None, role: str) -> bool:
    """Whether somebody whose role is `own` may give `role`: roles below their own, and owners their own too.

    Every way to a role asks this function.
    """
    return own is not None and may(own, "member.set_role") and (own == "owner" or outranks(own, role))


def may_let_in_as(own: str | None, role: str, bot: bool) -> bool:
    """Whether somebody whose role is `own` may let people in as `role`. A `bot` gives no roles."""
    if not may(own, "invite.create"):
        return False
    return role in ROLES_OF_NEWCOMERS or (not bot and may_give(own, role))

"""Roles, and what each may do in a space: one table, read by every decider and every query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # chatctl's help names roles and rights, and should not load what the contract loads
    from chatd.contract.fields import Right

RANK: Final[Mapping[str, int]] = {"owner": 4, "admin": 3, "moderator": 2, "member": 1, "guest": 0}

# The lowest role that holds the right; everything above holds it too.
FROM: Final[Mapping[Right, str]] = {
    "space.update": "admin",
    "space.delete": "owner",
    "space.lock": "moderator",
    "invite.create": "moderator",
    "invite.list": "moderator",
    "member.set_role": "admin",
    "member.kick": "moderator",
    "member.ban": "moderator",
    "member.mute": "moderator",
    "member.erase_messages": "moderator",
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
    "message.post": "guest",
    "message.announce": "moderator",
    "message.hurry": "moderator",  # slow mode does not hold them up
    "message.delete_any": "moderator",
    "message.see_edits": "moderator",
    "mention.loud": "member",
    "reaction.add": "guest",
    "pin.set": "member",
    "emoji.manage": "moderator",
    "report.list": "moderator",
    "audit.list": "admin",
}

# What shows in a room: a mute takes these away, and a room may give or take them by an override.
SHOWING: Final[tuple[Right, ...]] = (
    "message.post",
    "message.announce",
    "mention.loud",
    "reaction.add",
    "pin.set",
)
# What can be done in a room, or with it: the rights that may come out differently from room to room.
IN_A_ROOM: Final[tuple[Right, ...]] = (
    "room.see_public",
    "room.join_public",
    "room.invite",
    "room.remove",
    "room.update",
    "room.lock",
    "room.override",
    "room.archive",
    "room.delete",
    "message.hurry",
    "message.delete_any",
    "message.see_edits",
    *SHOWING,
)
BOUND: Final = ("moderator", "member", "guest")  # roles that overrides bind; owners and admins set them


def may(role: str | None, right: Right) -> bool:
    """Whether somebody with this role in the space (None: not in it) holds the right."""
    return role is not None and RANK[role] >= RANK[FROM[right]]


def outranks(role: str, other: str) -> bool:
    return RANK[role] > RANK[other]

"""Roles, and what each may do in a space: one table, read by every decider and every query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Right = Literal[
    "invite.create",
    "invite.list",
    "room.create",
    "room.create_private",
    "room.see_public",
    "room.join_public",
    "room.update",
    "room.archive",
    "message.post",
    "message.announce",
    "message.delete_any",
    "message.see_edits",
    "mention.loud",
    "reaction.add",
    "pin.set",
    "emoji.manage",
]

RANK: Final[Mapping[str, int]] = {"owner": 4, "admin": 3, "moderator": 2, "member": 1, "guest": 0}

# The lowest role that holds the right; everything above holds it too.
FROM: Final[Mapping[Right, str]] = {
    "invite.create": "moderator",
    "invite.list": "moderator",
    "room.create": "member",
    "room.create_private": "member",
    "room.see_public": "member",
    "room.join_public": "member",
    "room.update": "moderator",
    "room.archive": "admin",
    "message.post": "guest",
    "message.announce": "moderator",
    "message.delete_any": "moderator",
    "message.see_edits": "moderator",
    "mention.loud": "member",
    "reaction.add": "guest",
    "pin.set": "member",
    "emoji.manage": "moderator",
}


def may(role: str | None, right: Right) -> bool:
    """Whether somebody with this role in the space (None: not in it) holds the right."""
    return role is not None and RANK[role] >= RANK[FROM[right]]


def outranks(role: str, other: str) -> bool:
    return RANK[role] > RANK[other]

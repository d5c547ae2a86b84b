"""Who sees whom: members of a space see all its members, guests only those with whom they share a room.

An account sees another one that is in a room with it, or in a space in which it holds `member.see_all`. Lists
of members, presence, direct rooms and the events of spaces all follow this rule. Questions over many accounts
follow it in SQL (`chatd.store.queries.acquaintance`); tests compare the two.
"""

from __future__ import annotations

from chatd.domain.decision import Context
from chatd.domain.policy.roles import may
from chatd.domain.space.state import SpaceState

UNSEEN = "system"  # the author of an event, for whoever does not see the author


def sees_all_members(space: SpaceState, context: Context) -> bool:
    """Whether the caller sees every member of the space; if not, it sees those who share a room with it."""
    return context.operator or may(space.role(context.by), "member.see_all")

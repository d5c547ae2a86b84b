"""Bots: what their scopes let them ask, and why none of them can do more than its owner.

A bot is an account with an owner. In a space its role is the lower one of its own and its owner's, in a room
every right of its must be its owner's too, and it is in spaces and rooms only while its owner is in them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from chatd.contract.errors import Refusal
from chatd.contract.fields import Role, Scope
from chatd.contract.spec import RequestType
from chatd.domain.policy.roles import outranks

OWNER_ABSENT: Final = Refusal("forbidden", "a bot goes only where its owner is; its owner is not in here")
NO_OWNER_ROLE: Final = Refusal("forbidden", "a bot owns no space; give the role to a person")


def covers(scopes: Collection[str], request: RequestType) -> Refusal | None:
    """Why a bot with these scopes may not ask this; None when it may."""
    scope = request.scope
    if scope == "always" or scope in scopes:
        return None
    if scope == "never":
        return Refusal("forbidden", f"{request.name} is not for bots")
    return Refusal(
        "forbidden", f"{request.name} takes the scope {scope}; the bot's owner gives it with bot.update"
    )


def effective(role: Role | None, owners: Role | None) -> Role | None:
    """The role of a bot that has `role` itself, while its owner has the role `owners`."""
    if role is None or owners is None:
        return None
    return owners if outranks(role, owners) else role


def of(bots: Mapping[str, str], owner: str, inside: Collection[str]) -> list[str]:
    """Those of the owner's bots (`bots`: bot to owner) that are `inside`."""
    return [bot for bot, its in bots.items() if its == owner and bot in inside]


def homeless(bots: Mapping[str, str], account: str, inside: Collection[str]) -> bool:
    """Whether it is a bot whose owner is not `inside`."""
    return account in bots and bots[account] not in inside


def ordered(scopes: Iterable[Scope]) -> list[Scope]:
    """Each once."""
    return sorted(set(scopes))

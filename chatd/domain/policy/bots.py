"""Bots: what their scopes allow, and how the owner limits them.

A bot is an account with an owner. In a space its effective role is the lower of its own and its owner's; in a
room it holds only rights that its owner holds too. It is in a space or room only while its owner is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from chatd.contract.errors import Refusal
from chatd.contract.fields import Role, Scope
from chatd.contract.spec import RequestType
from chatd.domain.policy.roles import outranks

BOT_OWNER_OUTSIDE: Final = Refusal(
    "forbidden", "a bot can only be where its owner is, and its owner is not a member here"
)
BOT_CANNOT_OWN: Final = Refusal("forbidden", "a bot cannot own a space; give the role to a person")


def check_scopes(scopes: Collection[str], request: RequestType) -> Refusal | None:
    """The refusal for a bot whose scopes do not cover the request; None when they do."""
    scope = request.scope
    if scope == "always" or scope in scopes:
        return None
    if scope == "never":
        return Refusal("forbidden", f"{request.name} is not for bots")
    return Refusal(
        "forbidden", f"{request.name} needs the scope {scope}; the bot's owner can give it with bot.update"
    )


def effective_role(role: Role | None, owners: Role | None) -> Role | None:
    """The role that counts for a bot with `role` and an owner with `owners`. None: not in the space."""
    if role is None or owners is None:
        return None
    return owners if outranks(role, owners) else role


def leaving_with(bots: Mapping[str, str], account: str, members: Collection[str]) -> list[str]:
    """The bots that leave when their owner `account` does: those among `members`. `bots`: bot -> owner."""
    return [bot for bot, owner in bots.items() if owner == account and bot in members]


def owner_outside(bots: Mapping[str, str], account: str, members: Collection[str]) -> bool:
    """Whether the account is a bot whose owner is not among `members`. `bots`: bot -> owner."""
    return account in bots and bots[account] not in members


def unique_scopes(scopes: Iterable[Scope]) -> list[Scope]:
    """Sorted, each scope once."""
    return sorted(set(scopes))

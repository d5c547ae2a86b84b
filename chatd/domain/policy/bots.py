"""Bots: what their scopes let them ask, and why none of them can do more than its owner.

A bot is an account with an owner. In a space its role is the lower one of its own and its owner's, in a room
every right of its must be its owner's too, and it is in spaces and rooms only while its owner is in them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from chatd.contract.errors import Refusal
from chatd.contract.fields import Scope
from chatd.domain.policy.roles import outranks

OWNER_ABSENT: Final = Refusal("forbidden", "a bot goes only where its owner is; its owner is not in here")
NO_OWNER_ROLE: Final = Refusal("forbidden", "a bot owns no space; give the role to a person")

# What each command takes, by its noun or by its name; a query of these nouns takes `read`. What does not
# stand here, no bot may ever do.
COMMANDS: Final[Mapping[str, Scope]] = {
    "account.update": "manage",
    "space": "manage",
    "space.leave": "join",
    "space.lock": "moderate",
    "space.unlock": "moderate",
    "invite": "manage",
    "invite.accept": "join",
    "member": "moderate",
    "ban": "moderate",
    "room": "manage",
    "room.join": "join",
    "room.leave": "join",
    "room.invite": "moderate",
    "room.remove": "moderate",
    "room.lock": "moderate",
    "room.unlock": "moderate",
    "emoji": "manage",
    "direct": "post",
    "message": "post",
    "thread": "read",
    "typing": "post",
    "draft": "post",
    "reaction": "react",
    "pin": "moderate",
    "report": "moderate",
    "audit": "moderate",
    "access": "moderate",
    "read": "read",
    "unread": "read",
    "receipt": "read",
    "presence": "read",
    "notification": "read",
    "subscription": "read",
    "preferences": "read",
    "bookmark": "read",
}
NEVER: Final = frozenset({"space.create", "space.delete", "member.set_role"})
ALWAYS: Final = frozenset({"session.open", "account.sign_out"})
# Queries of these nouns show what is for moderators, so reading is not enough.
GUARDED: Final = frozenset({"audit", "access", "report", "ban"})


def scope_of(name: str, query: bool) -> Scope | None:
    """What a bot needs for the command or query of this name; None: no bot may."""
    noun = name.partition(".")[0]
    scope = None if name in NEVER else COMMANDS.get(name) or COMMANDS.get(noun)
    return "read" if scope is not None and query and noun not in GUARDED else scope


def covers(scopes: Collection[str], name: str, query: bool) -> Refusal | None:
    """Why a bot with these scopes may not ask this."""
    if name in ALWAYS:
        return None
    scope = scope_of(name, query)
    if scope is None:
        return Refusal("forbidden", f"{name} is not for bots")
    if scope not in scopes:
        return Refusal(
            "forbidden", f"{name} takes the scope {scope}; the bot's owner gives it with bot.update"
        )
    return None


def effective(role: str | None, owners: str | None) -> str | None:
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

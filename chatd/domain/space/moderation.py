"""Moderation of a space: settings, lock, roles, kicks, bans and mutes.

Nobody acts on an account with the same or a higher role, and a space always keeps an owner. Bans and mutes
end without an event: the fact holds the end, and deciders compare it with the time of the command.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from chatd.contract.errors import Refusal
from chatd.contract.fields import Right
from chatd.contract.member import (
    KickMember,
    MuteMember,
    SetRole,
    UnbanMember,
    UnmuteMember,
)
from chatd.contract.space import DeleteSpace, LeaveSpace, LockSpace, UnlockSpace, UpdateSpace
from chatd.domain.account.state import NO_SUCH_ACCOUNT
from chatd.domain.decision import Context, Decision, drop_none
from chatd.domain.event import Event, Fact
from chatd.domain.files import refuse_picture
from chatd.domain.internal import BanAccount
from chatd.domain.names.folded import of_place
from chatd.domain.policy import bots
from chatd.domain.policy.bots import effective_role
from chatd.domain.policy.roles import LOWEST_ROLE, may, may_give, outranks
from chatd.domain.space.state import (
    FOREVER,
    NO_SUCH_MEMBER,
    NO_SUCH_SPACE,
    ON_HOLD,
    SpaceState,
    fact,
    holds,
    visible,
)

LAST_OWNER: Final = Refusal(
    "conflict", "a space needs an owner: first give somebody else the role `owner` (member.set_role)"
)
CANNOT_GIVE: Final = Refusal(
    "forbidden", "you can only give roles below your own; only owners can give their own role"
)
RANK_TOO_LOW: Final = Refusal("forbidden", "you cannot do this to somebody with the same or a higher role")

Deciders = Mapping[type[Any], Callable[[SpaceState, Any, Context], Decision | Refusal]]


def needs_role(right: Right, what: str) -> Refusal:
    """The refusal that names the lowest role with the right. `what`: the action, as a gerund."""
    return Refusal("forbidden", f"{what} needs the role {LOWEST_ROLE[right]} or a higher one")


def _ends_at(context: Context, seconds: int | None) -> int | None:
    return None if seconds is None else context.at + seconds * 1000


def check_target(
    state: SpaceState, context: Context, account: str, right: Right, what: str
) -> Refusal | None:
    """The refusal when the caller may not do `what` to the account."""
    if not visible(state, context):
        return NO_SUCH_SPACE
    if not holds(state, context, right):
        return needs_role(right, what)
    rank, own = state.rank(account), state.role(context.by)
    if rank is not None and own is not None and not context.operator and not outranks(own, rank):
        return RANK_TOO_LOW
    return None


# --- the space ----------------------------------------------------------------------------------------


def _update(state: SpaceState, command: UpdateSpace, context: Context) -> Decision | Refusal:
    if not visible(state, context):
        return NO_SUCH_SPACE
    if not holds(state, context, "space.update"):
        return needs_role("space.update", "changing a space")
    asked = drop_none(name=command.name, description=command.description, icon=command.icon)
    changed = {name: value for name, value in asked.items() if getattr(state, name) != value}
    if refusal := refuse_picture("icon", changed.get("icon"), context):
        return refusal
    return Decision((fact(state, "space.updated", context, of_place(changed)),)) if changed else Decision()


def _delete(state: SpaceState, command: DeleteSpace, context: Context) -> Decision | Refusal:
    if not visible(state, context):
        return NO_SUCH_SPACE
    if not holds(state, context, "space.delete"):
        return needs_role("space.delete", "deleting a space")
    if state.hold:
        return ON_HOLD
    return Decision((fact(state, "space.deleted", context, drop_none(reason=command.reason)),))


def _leave(state: SpaceState, command: LeaveSpace, context: Context) -> Decision | Refusal:
    if not visible(state, context):
        return NO_SUCH_SPACE
    if state.role(context.by) is None:
        return Refusal("forbidden", "an operator is not a member of spaces")
    if state.last_owner(context.by):
        return LAST_OWNER
    return _remove_with_bots(state, context, "member.left", {"account": context.by})


def _set_lock(state: SpaceState, command: LockSpace | UnlockSpace, context: Context) -> Decision | Refusal:
    if not visible(state, context):
        return NO_SUCH_SPACE
    if not holds(state, context, "space.lock"):
        return needs_role("space.lock", "locking a space")
    lock = isinstance(command, LockSpace)
    if lock is state.locked:
        return Decision()
    type_ = "space.locked" if lock else "space.unlocked"
    return Decision((fact(state, type_, context, drop_none(reason=command.reason)),))


# --- its members --------------------------------------------------------------------------------------


def _set_role(state: SpaceState, command: SetRole, context: Context) -> Decision | Refusal:
    if not visible(state, context):
        return NO_SUCH_SPACE
    before = state.members.get(command.account)  # a bot's own role, even when its owner's is lower
    own = state.role(context.by)
    if command.account == context.by and own is not None and not outranks(command.role, own):
        pass  # everybody may lower their own role
    elif refusal := check_target(state, context, command.account, "member.set_role", "giving roles"):
        return refusal
    elif not context.operator and not may_give(own, command.role):
        return CANNOT_GIVE
    if before is None:
        return NO_SUCH_MEMBER
    if command.role != "owner" and state.last_owner(command.account):
        return LAST_OWNER
    if command.role == "owner" and command.account in state.bots:
        return bots.BOT_CANNOT_OWN
    if command.dry_run:
        return Decision(answer=lambda _: _difference(before, command.role))
    if before == command.role:
        return Decision()
    data = {"account": command.account, "role": command.role, "before": before}
    return Decision((fact(state, "member.role_set", context, {**data, **drop_none(reason=command.reason)}),))


def _difference(before: str, after: str) -> dict[str, Any]:
    """The rights that the account would gain and lose."""
    gains = [right for right in LOWEST_ROLE if may(after, right) and not may(before, right)]
    loses = [right for right in LOWEST_ROLE if may(before, right) and not may(after, right)]
    return {"before": before, "after": after, "gains": gains, "loses": loses}


def _kick(state: SpaceState, command: KickMember, context: Context) -> Decision | Refusal:
    if refusal := check_target(state, context, command.account, "member.kick", "removing people"):
        return refusal
    if command.account not in state.members:
        return NO_SUCH_MEMBER
    if state.last_owner(command.account):
        return LAST_OWNER
    data = {"account": command.account, **drop_none(reason=command.reason)}
    return _remove_with_bots(state, context, "member.kicked", data)


def _ban(state: SpaceState, command: BanAccount, context: Context) -> Decision | Refusal:
    """The account need not be a member. A second ban replaces the first."""
    if refusal := check_target(state, context, command.account, "member.ban", "banning"):
        return refusal
    if not command.exists and command.account not in state.members:
        return NO_SUCH_ACCOUNT
    if state.last_owner(command.account):
        return LAST_OWNER
    until = _ends_at(context, command.for_)
    data = {"account": command.account, **drop_none(until=until, reason=command.reason)}
    return _remove_with_bots(state, context, "member.banned", data)


def _remove_with_bots(state: SpaceState, context: Context, type_: str, data: dict[str, Any]) -> Decision:
    """The account leaves, and its bots with it."""
    gone = bots.leaving_with(state.bots, data["account"], state.members)
    left = (fact(state, "member.left", context, {"account": bot}, nth) for nth, bot in enumerate(gone, 2))
    return Decision((fact(state, type_, context, data), *left))


def _unban(state: SpaceState, command: UnbanMember, context: Context) -> Decision | Refusal:
    if refusal := check_target(state, context, command.account, "member.ban", "ending a ban"):
        return refusal
    if not state.banned_until(command.account, context.at):
        return Decision()
    data = {"account": command.account, **drop_none(reason=command.reason)}
    return Decision((fact(state, "member.unbanned", context, data),))


def _mute(state: SpaceState, command: MuteMember, context: Context) -> Decision | Refusal:
    if refusal := check_target(state, context, command.account, "member.mute", "muting"):
        return refusal
    if command.account not in state.members:
        return NO_SUCH_MEMBER
    until = _ends_at(context, command.for_)
    data = {"account": command.account, **drop_none(until=until, reason=command.reason)}
    return Decision((fact(state, "member.muted", context, data),))


def _unmute(state: SpaceState, command: UnmuteMember, context: Context) -> Decision | Refusal:
    if refusal := check_target(state, context, command.account, "member.mute", "ending a mute"):
        return refusal
    if not state.muted_until(command.account, context.at):
        return Decision()
    data = {"account": command.account, **drop_none(reason=command.reason)}
    return Decision((fact(state, "member.unmuted", context, data),))


DECIDERS: Final[Deciders] = {
    UpdateSpace: _update,
    DeleteSpace: _delete,
    LeaveSpace: _leave,
    LockSpace: _set_lock,
    UnlockSpace: _set_lock,
    SetRole: _set_role,
    KickMember: _kick,
    BanAccount: _ban,
    UnbanMember: _unban,
    MuteMember: _mute,
    UnmuteMember: _unmute,
}


# --- apply --------------------------------------------------------------------------------------------


def apply(state: SpaceState, event: Fact | Event) -> None:
    """Applies a fact about moderation to the space's state."""
    data = event.data
    match event.type:
        case "space.updated":
            for field in ("name", "description", "icon"):
                if field in data:
                    setattr(state, field, data[field])
        case "space.deleted":
            state.deleted = True
        case "space.locked" | "space.unlocked":
            state.locked = event.type == "space.locked"
            state.locked_at = event.at if state.locked else state.locked_at
        case "member.role_set":
            # Re-inserted: members are ordered by how long they have had their role.
            del state.members[data["account"]]
            state.members[data["account"]] = data["role"]
        case "member.left" | "member.kicked" | "member.banned":
            _remove_member(state, data["account"])
            if event.type == "member.banned":
                state.bans[data["account"]] = data.get("until", FOREVER)
                state.banned_at[data["account"]] = event.at
                state.latest_begun = max(state.latest_begun, event.at)
        case "member.unbanned":
            state.bans.pop(data["account"], None)
        case "member.muted":
            state.mutes[data["account"]] = data.get("until", FOREVER)
            state.muted_at[data["account"]] = event.at
            state.latest_begun = max(state.latest_begun, event.at)
        case "member.unmuted":
            state.mutes.pop(data["account"], None)


def _remove_member(state: SpaceState, account: str) -> None:
    owner = state.bots.pop(account, None)
    state.disabled.discard(account)
    if (role := state.members.pop(account, None)) is not None:
        state.leave_count += 1
        state.joined_seqs.pop(account, None)
        # bots leave after their owner, with whom the role that they could use has gone already
        state.left_roles[account] = role if owner is None else effective_role(role, state.rank(owner)) or role

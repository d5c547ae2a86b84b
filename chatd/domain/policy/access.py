"""The access decision: whether an account may do something in a room, and why.

Every command and query about one room calls these functions: history, receipts, reactions, signals, counts.
They read the state of the room's and the space's actors. Queries over many rooms (search, lists) read tables
with the same rules, and tests compare the two. Operators are allowed everything by the callers.
"""

from __future__ import annotations

from msgspec import Struct

from chatd.contract.fields import Right
from chatd.domain.decision import Context
from chatd.domain.policy.roles import LOWEST_ROLE, OVERRIDABLE_RIGHTS, OVERRIDABLE_ROLES, may, outranks
from chatd.domain.room.state import RoomState
from chatd.domain.space.state import SpaceState


class Verdict(Struct, frozen=True):
    """Whether it is allowed; `because` gives the reason as a sentence for people.

    `passing`: a mute or a lock is the reason.
    """

    allowed: bool
    because: str
    passing: bool = False

    def __bool__(self) -> bool:
        return self.allowed


def verdict(state: RoomState, space: SpaceState, account: str, right: Right, at: int) -> Verdict:
    """Whether the account holds the right in the room at `at` (Unix milliseconds; mutes end)."""
    if state.direct:
        return _verdict_in_direct_room(state, account, right)
    owner = space.bots.get(account)
    if owner is not None and not (its := verdict(state, space, owner, right, at)):
        return Verdict(False, f"it is a bot, and this is said of its owner: {its.because}", its.passing)
    role = space.role(account)
    if role is None:
        return Verdict(False, space.why_outside(account, at))
    if right in OVERRIDABLE_RIGHTS:
        if state.archived:
            return Verdict(False, "the room is archived: it can be read, not written")
        if why := space.why_muted(account, at):
            return Verdict(False, why, passing=True)
        if role == "guest" and space.locked:
            return Verdict(False, "the space is locked: guests only read", passing=True)
        if state.locked and right != "reaction.add" and not may(role, "room.lock"):
            return Verdict(False, "the room is locked: only moderators write in it", passing=True)
    if role in OVERRIDABLE_ROLES:
        for who, name in ((f"account:{account}", "the account"), (f"role:{role}", f"the role {role}")):
            if (allowed := state.overrides.get(who, {}).get(right)) is not None:
                word = "allows" if allowed else "denies"
                return Verdict(allowed, f"an override of the room {word} it to {name}")
    if may(role, right):
        return Verdict(True, f"its role is {role}, and {LOWEST_ROLE[right]} and above have {right}")
    return Verdict(False, f"its role is {role}, and {right} needs {LOWEST_ROLE[right]}")


def _verdict_in_direct_room(state: RoomState, account: str, right: Right) -> Verdict:
    if account not in state.people:
        return Verdict(False, "it is a direct room of other people")
    if account in state.apart and right in OVERRIDABLE_RIGHTS:
        return Verdict(
            False, "it no longer shares a space with anybody else in the room, or only as or with a guest"
        )
    return Verdict(may("member", right), "in a direct room everybody has the rights of a member")


def effective_verdict(state: RoomState, space: SpaceState, account: str, right: Right, at: int) -> Verdict:
    """`verdict`, preceded by the checks that the commands make before it: visibility and membership."""
    if not (seen := sees(state, space, account, at)):
        return seen
    if right in OVERRIDABLE_RIGHTS and account not in state.members:
        return Verdict(False, "it has not joined the room")
    if right == "message.post" and state.kind == "announcement":
        return verdict(state, space, account, "message.announce", at)
    return verdict(state, space, account, right, at)


def sees(state: RoomState, space: SpaceState, account: str, at: int) -> Verdict:
    """Whether the account may know that the room exists, and read it."""
    if not state.exists:
        return Verdict(False, "there is no such room")
    if state.direct:
        inside = account in state.people
        return Verdict(inside, "it is a direct room of " + ("its own" if inside else "other people"))
    if space.role(account) is None:
        return Verdict(False, space.why_outside(account, at))
    if account in state.members:
        return Verdict(True, "it is a member of the room")
    if state.private:
        return Verdict(False, "the room is private, and it is not a member")
    return verdict(state, space, account, "room.see_public", at)


def holds(state: RoomState, space: SpaceState, context: Context, right: Right) -> bool:
    """Whether the caller holds the right in the room."""
    return context.operator or bool(verdict(state, space, context.by, right, context.at))


def visible(state: RoomState, space: SpaceState, context: Context) -> bool:
    """Whether the caller may know that the room exists, and read it."""
    if context.operator:
        return state.exists and (state.direct or space.exists)
    return bool(sees(state, space, context.by, context.at))


def outranks_member(space: SpaceState, context: Context, account: str) -> bool:
    """Whether the caller's role is above the account's rank; True when it was never in the space."""
    own, other = space.role(context.by), space.rank(account)
    return context.operator or (own is not None and (other is None or outranks(own, other)))


def ranks_equal_or_above(space: SpaceState, context: Context, account: str) -> bool:
    """Whether the caller's role is above the account's rank or the same."""
    return outranks_member(space, context, account) or space.role(context.by) == space.rank(account)

"""The state of a space: its members and their roles, bans and mutes, invites and emoji."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import attrs
from msgspec import Struct

from chatd.contract.errors import Refusal
from chatd.contract.fields import Right, Role
from chatd.contract.invite import Invite
from chatd.contract.space import Space
from chatd.domain.decision import SET_BACK, Context
from chatd.domain.event import Fact, space_stream
from chatd.domain.policy.bots import effective_role
from chatd.domain.policy.roles import may, may_let_in_as

NO_SUCH_SPACE: Final = Refusal("not_found", "there is no such space, or you are not in it")
MEMBER_DISABLED: Final = Refusal(
    "conflict", "this account is disabled, so nobody reaches it; ask the people who run this server"
)
NO_SUCH_MEMBER: Final = Refusal("not_found", "this account is not a member of the space")
ON_HOLD: Final = Refusal(
    "conflict", "a legal hold stands on it; an operator must end that first (space.set_hold, room.set_hold)"
)
MAX_EMOJI: Final = 500  # of its own
TOO_MANY_EMOJI: Final = Refusal(
    "conflict", f"a space has at most {MAX_EMOJI} custom emoji; remove some first"
)
TRANSIENT: Final = frozenset({"set_right"})  # fields that stay out of the snapshot
FOREVER: Final = 2**53  # the end of what does not end, in Unix milliseconds
INVITES_KEPT: Final = 30 * 86_400_000  # milliseconds after an invite has ended


S = TypeVar("S", bound=Space)
V = TypeVar("V", bound=Invite)


@attrs.define
class InviteState:
    """An invite in its space's state; `expires_at` is Unix milliseconds."""

    by: str
    role: Role
    max_uses: int | None = None
    expires_at: int | None = None
    uses: int = 0
    used_at: int = 0  # Unix ms; the newest use

    @property
    def by_operator(self) -> bool:
        return self.by.startswith("operator:")

    def open(self, at: int) -> bool:
        in_time = self.expires_at is None or at < self.expires_at
        return in_time and (self.max_uses is None or self.uses < self.max_uses)

    def forgotten(self, at: int) -> bool:
        """Whether it ended so long ago that the space need not know it any more. Nothing that is open by a
        clock that is less than `INVITES_KEPT` wrong is forgotten."""
        used_up = self.max_uses is not None and self.uses >= self.max_uses
        ended_at = self.used_at if used_up else self.expires_at
        return ended_at is not None and ended_at + INVITES_KEPT <= at


class ErasureState(Struct, frozen=True):
    """An order to erase an account's messages; `due_at` is Unix milliseconds."""

    by: str
    due_at: int
    reason: str | None = None


@attrs.define
class SpaceState:
    """What the space's actor owns. `head` is the seq of the newest fact; 0: there is no such space."""

    id: str
    head: int = 0
    name: str = ""
    description: str | None = None
    icon: str | None = None
    created_at: int = 0
    members: dict[str, Role] = attrs.Factory(dict)  # account -> role
    invites: dict[str, InviteState] = attrs.Factory(dict)
    emoji: dict[str, str] = attrs.Factory(dict)  # name -> image
    joined_seqs: dict[str, int] = attrs.Factory(dict)  # account -> seq of its latest join
    left_roles: dict[str, Role] = attrs.Factory(dict)  # accounts that have ever left -> role they had last
    leave_count: int = 0  # how often a member left
    bans: dict[str, int] = attrs.Factory(dict)  # account -> end, in Unix milliseconds
    mutes: dict[str, int] = attrs.Factory(dict)  # the same
    banned_at: dict[str, int] = attrs.Factory(dict)  # account -> when its ban began
    muted_at: dict[str, int] = attrs.Factory(dict)  # the same
    latest_begun: int = 0  # the latest of these two, in Unix milliseconds
    set_right: dict[tuple[str, int], int] = attrs.Factory(dict)  # account and beginning, see `_end`
    erasures: dict[str, ErasureState] = attrs.Factory(dict)  # account -> the order to erase its messages
    bots: dict[str, str] = attrs.Factory(dict)  # those that are members, to their owners
    bot_owners: dict[str, str] = attrs.Factory(dict)  # those that ever were, also when they have left
    disabled: set[str] = attrs.Factory(set)  # members whose account is disabled
    locked: bool = False
    locked_at: int = 0  # Unix ms; the newest lock
    deleted: bool = False
    keep_days: int = 0  # after which messages are erased; 0: never
    hold: bool = False  # a legal hold on all rooms
    retention_at: int = 0  # Unix ms; when one of these two was set last

    @property
    def exists(self) -> bool:
        return self.head > 0 and not self.deleted

    @property
    def owners(self) -> int:
        return sum(role == "owner" for role in self.members.values())

    @property
    def owner(self) -> str | None:
        return next((account for account, role in self.members.items() if role == "owner"), None)

    def last_owner(self, account: str) -> bool:
        """Whether nobody but this account owns the space."""
        return self.role(account) == "owner" and self.owners == 1

    def role(self, account: str) -> Role | None:
        """The effective role: a bot's is never higher than its owner's. None: not in the space."""
        role = None if self.deleted else self.members.get(account)
        return role if account not in self.bots else effective_role(role, self.role(self.bots[account]))

    def rank(self, account: str) -> Role | None:
        """The role that others must stand above: of a member its own, of who has left the one it had."""
        return self.role(account) or self.left_roles.get(account)

    def accounts_of_person(self, account: str) -> list[str]:
        """The account's owner, or itself if it is no bot, and every bot of theirs that ever was in here."""
        person = self.bot_owners.get(account, account)
        return [person, *(bot for bot, owner in self.bot_owners.items() if owner == person)]

    def lets_in_as(self, account: str, role: Role) -> bool:
        """Whether the account may let people into the space with this role."""
        return may_let_in_as(self.role(account), role, bot=account in self.bots)

    def usable(self, invite: InviteState, at: int) -> bool:
        """Whether the invite lets people in: it is open, and its maker or an operator could still make it."""
        if self.deleted or self.locked or not invite.open(at):
            return False
        return invite.by_operator or self.lets_in_as(invite.by, invite.role)

    def ordered_erasure(self, account: str, due_at: int) -> ErasureState | None:
        """The order to erase the account's messages that is due then, if it stands."""
        order = self.erasures.get(account)
        return order if order is not None and order.due_at == due_at else None

    def banned_until(self, account: str, at: int) -> int | None:
        """When its ban ends, if it is banned."""
        return self._end(self.bans, self.banned_at, account, at)

    def muted_until(self, account: str, at: int) -> int | None:
        """When its mute ends, if it is muted."""
        return self._end(self.mutes, self.muted_at, account, at)

    def _end(self, ends: dict[str, int], begun: dict[str, int], account: str, at: int) -> int | None:
        """When it ends, unless it has. What began later than now was ordered by a clock that was ahead and
        has been set right: then its length counts from when that is seen first."""
        until, began = ends.get(account), begun.get(account, 0)
        if until is None:
            return None
        if until < FOREVER and began - at >= SET_BACK:
            until = self.set_right.setdefault((account, began), at) + until - began
        return until if at < until else None

    def set_clock_right(self, at: int) -> None:
        """A fact of `at` shows that a clock which was ahead is right again. What that ordered begins then, or
        when that was seen first, and does not begin anew each time the state is made from the log."""
        if self.latest_begun - at < SET_BACK:
            return
        for ends, begun in ((self.bans, self.banned_at), (self.mutes, self.muted_at)):
            for account, began in begun.items():
                if began - at < SET_BACK:
                    continue
                begun[account] = self.set_right.pop((account, began), at)
                if (until := ends.get(account, FOREVER)) < FOREVER:
                    ends[account] = begun[account] + until - began
        self.latest_begun = max((*self.banned_at.values(), *self.muted_at.values()))

    def is_same_membership(self, account: str, entry: int | None) -> bool:
        """Whether the account has been a member since it joined at seq `entry` (None: its first join)."""
        if account not in self.members:
            return False
        if entry is None:
            return account not in self.left_roles
        return entry == self.joined_seqs.get(account)

    def room_join_data(self, account: str) -> dict[str, Any]:
        """The data of `member.joined` when the account joins a room of the space."""
        return {"account": account, "space": self.id, "entry": self.joined_seqs.get(account)}

    def why_outside(self, account: str, at: int) -> str:
        """Why the account is not in the space, as a sentence."""
        if self.deleted:
            return "the space was deleted"
        if self.banned_until(account, at):
            return "it is banned from the space"
        return "it is not in the space"

    def why_muted(self, account: str, at: int) -> str | None:
        """That the account is muted, as a sentence; None when it is not."""
        until = self.muted_until(account, at)
        if until is None:
            return None
        if until == FOREVER:
            return "it is muted in the space"
        return (
            f"it is muted in the space until {datetime.fromtimestamp(until / 1000, UTC):%Y-%m-%d %H:%M} UTC"
        )

    def row(self, class_: type[S], **more: Any) -> S:
        """The space as members see it; `more` are the fields that its class has besides."""
        return class_(
            id=self.id,
            name=self.name,
            description=self.description,
            icon=self.icon,
            owner=self.owner,
            locked=self.locked,
            keep_days=self.keep_days,
            hold=self.hold,
            created_at=self.created_at,
            **more,
        )

    def forget_invites(self, at: int) -> None:
        """Drops those that ended long before `at` (Unix ms), so that they do not gather for ever."""
        for id_ in [id_ for id_, invite in self.invites.items() if invite.forgotten(at)]:
            del self.invites[id_]

    def invites_open(self, by: str, at: int) -> int:
        """How many invites of this maker can still be used."""
        return sum(invite.by == by and invite.open(at) for invite in self.invites.values())

    def invite(self, id: str, class_: type[V], **more: Any) -> V:
        """An invite of the space; `more` are the fields that its class has besides."""
        invite = self.invites[id]
        return class_(
            id=id,
            role=invite.role,
            max_uses=invite.max_uses,
            uses=invite.uses,
            expires_at=invite.expires_at,
            by=invite.by,
            **more,
        )


def fact(state: SpaceState, type_: str, context: Context, data: dict[str, Any], nth: int = 1) -> Fact:
    """The `nth` fact after the space's newest."""
    return Fact(space_stream(state.id), state.head + nth, type_, context.at, context.by, data)


def visible(state: SpaceState, context: Context) -> bool:
    """Whether the caller may know that the space exists, and read it."""
    return state.exists and (context.operator or context.by in state.members)


def holds(state: SpaceState, context: Context, right: Right) -> bool:
    """Whether the caller holds the right in the space."""
    return context.operator or may(state.role(context.by), right)

"""Nobody gives a role by any way that they may not give by `member.set_role`; who leaves keeps their rank."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from chatd.contract.errors import Refusal
from chatd.contract.fields import GrantedRole, Role
from chatd.contract.invite import CreateInvite
from chatd.contract.member import KickMember, SetRole
from chatd.contract.space import LeaveSpace
from chatd.domain.decision import Context, Decision
from chatd.domain.internal import BanAccount, JoinByInvite
from chatd.domain.policy.roles import ROLES_OF_NEWCOMERS, may
from chatd.domain.space import decide as space
from chatd.domain.space.state import InviteState, SpaceState

AT = 5_000
ROLES: tuple[Role, ...] = get_args(Role)
GRANTED: tuple[GrantedRole, ...] = get_args(GrantedRole)
BOT = "bot"


def a_space() -> SpaceState:
    """A member of each role, named by it; a newcomer's stand-in `guest2`; a bot of the owner."""
    members: dict[str, Role] = {role: role for role in ROLES}
    members |= {"owner2": "owner", "guest2": "guest", BOT: "owner"}
    return SpaceState("s", 20, "Team", members=members, bots={BOT: "owner2"})


def do(state: SpaceState, command: Any, by: str) -> str:
    """Decides and applies; returns the refusal's code or `done`."""
    outcome = space.decide(state, command, Context(by, AT, new_id="i"))
    if isinstance(outcome, Refusal):
        return outcome.code
    for fact in outcome.facts:
        space.apply(state, fact)
    return "done"


def may_set(who: str, role: Role) -> bool:
    """What `member.set_role` says of giving `role` to somebody below."""
    if who == BOT:
        return False  # its scope is `never`
    found = space.decide(a_space(), SetRole("s", "guest2", role, dry_run=True), Context(who, AT))
    return isinstance(found, Decision)


@pytest.mark.parametrize("role", GRANTED)
@pytest.mark.parametrize("maker", [*ROLES, BOT])
def test_an_invite_gives_what_its_maker_may_give(maker: str, role: GrantedRole) -> None:
    state = a_space()
    may_invite = may(state.role(maker), "invite.create")
    expected = may_invite and (role in ROLES_OF_NEWCOMERS or may_set(maker, role))
    assert (do(state, CreateInvite("s", role), maker) == "done") is expected
    state.invites["i"] = InviteState(maker, role)  # made when its maker still might
    accepted = do(state, JoinByInvite("i", "new"), "new")
    assert accepted == ("done" if expected else "not_found")
    assert state.role("new") == (role if expected else None)


@pytest.mark.parametrize("role", GRANTED)
@pytest.mark.parametrize("now", ROLES)
def test_an_invite_gives_what_its_maker_may_give_when_it_is_accepted(now: Role, role: GrantedRole) -> None:
    state = a_space()
    assert do(state, CreateInvite("s", role), "owner") == "done"
    assert do(state, SetRole("s", "owner", now), "owner") == "done"
    expected = may(now, "invite.create") and (role in ROLES_OF_NEWCOMERS or may_set(now, role))
    assert (do(state, JoinByInvite("i", "new"), "new") == "done") is expected


@pytest.mark.parametrize("had", ROLES)
@pytest.mark.parametrize("role", GRANTED)
def test_who_comes_back_has_no_higher_role_than_they_left_with(had: Role, role: GrantedRole) -> None:
    state = a_space()
    assert do(state, LeaveSpace("s"), had) == "done"
    state.invites["i"] = InviteState("owner2", role)
    assert do(state, JoinByInvite("i", had), had) == "done"
    assert ROLES.index(state.members[had]) == max(ROLES.index(had), ROLES.index(role))


@pytest.mark.parametrize("actor", ["admin", "moderator"])
@pytest.mark.parametrize("had", ROLES)
def test_who_has_left_keeps_the_rank_they_had(actor: str, had: Role) -> None:
    state = a_space()
    state.members["target"] = had
    assert do(state, LeaveSpace("s"), "target") == "done"
    above = ROLES.index(actor) < ROLES.index(had)
    assert (do(state, BanAccount("target", None, None, True), actor) == "done") is above


def test_a_bot_that_left_with_its_owner_keeps_the_rank_that_it_could_use() -> None:
    state = a_space()
    state.members["bot2"], state.bots["bot2"] = "admin", "moderator"
    assert do(state, KickMember("s", "moderator"), "owner") == "done"
    assert (state.rank("moderator"), state.rank("bot2")) == ("moderator", "moderator")
    assert state.rank("nobody") is None

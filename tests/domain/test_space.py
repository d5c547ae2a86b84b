"""Spaces, invites and the rooms made in them, decided on state alone."""

from __future__ import annotations

from typing import Any

from chatd.domain import command as c
from chatd.domain import space
from chatd.domain.decision import Context, Decision
from chatd.domain.event import Fact
from chatd.domain.refusal import Refusal
from chatd.domain.space import EndInvite, EnterSpace, SpaceState


def by(account: str, at: int = 1000, operator: bool = False) -> Context:
    return Context(account, at, operator, new_id=f"id{at}")


def do(state: SpaceState, command: Any, context: Context) -> Any:
    """Decides and applies; gives the refusal's code or the facts."""
    outcome = space.decide(state, command, context)
    if isinstance(outcome, Refusal):
        return outcome.code
    for fact in outcome.facts:
        if fact.stream == f"space/{state.id}":
            space.apply(state, fact)
    return outcome.facts


def a_space() -> SpaceState:
    state = SpaceState("s")
    do(state, c.CreateSpace("Team"), by("ann"))
    return state


def test_who_makes_a_space_owns_it() -> None:
    state = a_space()
    assert state.owner == "ann"
    assert state.head == 2
    assert do(state, c.CreateSpace("Again"), by("ann")) == "conflict"


def test_an_invite_lets_in_with_its_role_and_counts_its_uses() -> None:
    state = a_space()
    do(state, c.CreateInvite("s", "guest", max_uses=1), by("ann", 5))
    (joined,) = do(state, EnterSpace("id5", "bob"), by("bob"))
    assert joined.data == {"account": "bob", "role": "guest", "invite": "id5"}
    assert do(state, EnterSpace("id5", "bob"), by("bob")) == ()  # is in already: uses nothing
    assert do(state, EnterSpace("id5", "eve"), by("eve")) == "not_found"  # used up


def test_wrong_expired_used_and_revoked_invites_look_the_same() -> None:
    state = a_space()
    do(state, c.CreateInvite("s", expires_in=1), by("ann", 5))
    do(state, c.CreateInvite("s"), by("ann", 6))
    do(state, EndInvite("id6"), by("ann"))
    answers = [
        space.decide(state, EnterSpace(invite, "eve"), by("eve", 2000)) for invite in ("id5", "id6", "no")
    ]
    assert answers == [space.NO_INVITE] * 3


def test_an_invite_gives_no_higher_role_than_its_makers() -> None:
    state = a_space()
    do(state, c.CreateInvite("s", "moderator"), by("ann", 5))
    do(state, EnterSpace("id5", "mod"), by("mod"))
    assert do(state, c.CreateInvite("s", "admin"), by("mod", 6)) == "forbidden"
    assert len(do(state, c.CreateInvite("s", "member"), by("mod", 7))) == 1


def test_members_do_not_invite_and_strangers_see_nothing() -> None:
    state = a_space()
    do(state, c.CreateInvite("s"), by("ann", 5))
    do(state, EnterSpace("id5", "bob"), by("bob"))
    assert do(state, c.CreateInvite("s"), by("bob")) == "forbidden"
    assert do(state, c.CreateInvite("s"), by("eve")) == "not_found"
    assert do(state, c.CreateRoom("s", "x"), by("eve")) == "not_found"
    assert do(state, EndInvite("id5"), by("bob")) == "forbidden"


def test_a_public_room_is_announced_to_the_space_and_a_private_one_is_not() -> None:
    state = a_space()
    streams = [fact.stream for fact in do(state, c.CreateRoom("s", "open"), by("ann", 5))]
    assert streams == ["room/id5", "room/id5", "space/s"]
    streams = [fact.stream for fact in do(state, c.CreateRoom("s", "secret", private=True), by("ann", 6))]
    assert streams == ["room/id6", "room/id6"]


def test_an_operator_makes_a_room_without_being_in_it() -> None:
    facts = do(a_space(), c.CreateRoom("s", "open"), by("operator:0", 5, operator=True))
    assert [fact.type for fact in facts] == ["room.created", "room.created"]


def test_the_facts_of_a_new_account_stand_before_its_entering() -> None:
    state = a_space()
    do(state, c.CreateInvite("s"), by("ann", 5))
    made = Fact("account/new", 1, "account.created", 9, "new", {"account": "new"})
    outcome = space.decide(state, EnterSpace("id5", "new", (made,)), by("new"))
    assert isinstance(outcome, Decision)
    assert [fact.type for fact in outcome.facts] == ["account.created", "member.joined"]

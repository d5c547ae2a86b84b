"""Spaces, invites and the rooms made in them, decided on state alone."""

from __future__ import annotations

from typing import Any

from chatd.contract.erasure import CancelErasure
from chatd.contract.errors import Refusal
from chatd.contract.invite import CreateInvite
from chatd.contract.member import KickMember, MuteMember, SetRole
from chatd.contract.room import CreateRoom
from chatd.contract.space import CreateSpace, DeleteSpace, UpdateSpace
from chatd.domain.decision import Context, Decision
from chatd.domain.event import Fact
from chatd.domain.internal import (
    BanAccount,
    FinishErasure,
    JoinByInvite,
    LapseErasure,
    OrderErasure,
    RevokeInviteById,
)
from chatd.domain.space import decide as space
from chatd.domain.space.state import SpaceState


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
    do(state, CreateSpace("Team"), by("ann"))
    return state


def test_who_makes_a_space_owns_it() -> None:
    state = a_space()
    assert state.owner == "ann"
    assert state.head == 2
    assert do(state, CreateSpace("Again"), by("ann")) == "conflict"


def test_an_invite_lets_in_with_its_role_and_counts_its_uses() -> None:
    state = a_space()
    do(state, CreateInvite("s", "guest", max_uses=1), by("ann", 5))
    (joined,) = do(state, JoinByInvite("id5", "bob"), by("bob"))
    assert joined.data == {"account": "bob", "role": "guest", "invite": "id5"}
    assert do(state, JoinByInvite("id5", "bob"), by("bob")) == ()  # is in already: uses nothing
    assert do(state, JoinByInvite("id5", "eve"), by("eve")) == "not_found"  # used up


def test_wrong_expired_used_and_revoked_invites_and_those_of_deleted_spaces_look_the_same() -> None:
    state = a_space()
    do(state, CreateInvite("s", expires_in=1), by("ann", 5))
    do(state, CreateInvite("s"), by("ann", 6))
    do(state, RevokeInviteById("id6"), by("ann"))
    answers = [
        space.decide(state, JoinByInvite(invite, "eve"), by("eve", 2000)) for invite in ("id5", "id6", "no")
    ]
    assert answers == [space.INVALID_INVITE] * 3
    do(state, CreateInvite("s"), by("ann", 7))
    do(state, DeleteSpace("s"), by("ann"))
    for who in ("eve", "ann"):
        assert space.decide(state, JoinByInvite("id7", who), by(who)) == space.INVALID_INVITE


def test_an_invite_gives_no_higher_role_than_its_makers() -> None:
    state = a_space()
    do(state, CreateInvite("s", "moderator"), by("ann", 5))
    do(state, JoinByInvite("id5", "mod"), by("mod"))
    assert do(state, CreateInvite("s", "admin"), by("mod", 6)) == "forbidden"
    assert len(do(state, CreateInvite("s", "member"), by("mod", 7))) == 1


def test_an_invite_counts_while_its_maker_could_still_make_it() -> None:
    state = a_space()
    do(state, CreateInvite("s", "admin"), by("ann", 5))
    for who in ("mod", "other"):
        do(state, JoinByInvite("id5", who), by(who))
    assert do(state, CreateInvite("s", "admin"), by("mod", 6)) == "forbidden"
    do(state, CreateInvite("s", "moderator"), by("mod", 7))
    do(state, CreateInvite("s", "member"), by("mod", 8))
    do(state, CreateInvite("s", "admin"), by("operator:0", 9, operator=True))

    def good() -> list[str]:
        decided = {id_: space.decide(state, JoinByInvite(id_, "eve"), by("eve")) for id_ in state.invites}
        assert all(isinstance(one, Decision) or one == space.INVALID_INVITE for one in decided.values())
        return [id_ for id_, one in decided.items() if isinstance(one, Decision)]

    assert good() == ["id5", "id7", "id8", "id9"]
    do(state, SetRole("s", "mod", "moderator"), by("ann"))
    assert good() == ["id5", "id8", "id9"]
    do(state, SetRole("s", "mod", "member"), by("ann"))
    assert good() == ["id5", "id9"]
    do(state, KickMember("s", "mod"), by("ann"))
    assert good() == ["id5", "id9"]
    assert do(state, JoinByInvite("id9", "eve", creator_inactive=True), by("eve")) == "not_found"


def test_in_a_locked_space_only_moderators_make_rooms_and_the_muted_make_none() -> None:
    members = {"ann": "owner", "mod": "moderator", "bob": "member", "max": "member"}
    state = SpaceState("s", 9, members=members, bots={"max": "bob"})
    room = CreateRoom("s", "r")
    assert do(state, room, by("bob")) != "forbidden"
    state.locked = True
    assert [do(state, room, by(who)) == "forbidden" for who in members] == [False, False, True, True]
    state.locked, state.mutes = False, {"bob": 2000}
    assert do(state, room, by("bob")) == do(state, room, by("max")) == "forbidden"
    assert do(state, room, by("bob", 2000)) != "forbidden"


def test_members_do_not_invite_and_strangers_see_nothing() -> None:
    state = a_space()
    do(state, CreateInvite("s"), by("ann", 5))
    do(state, JoinByInvite("id5", "bob"), by("bob"))
    assert do(state, CreateInvite("s"), by("bob")) == "forbidden"
    assert do(state, CreateInvite("s"), by("eve")) == "not_found"
    assert do(state, CreateRoom("s", "x"), by("eve")) == "not_found"
    assert do(state, RevokeInviteById("id5"), by("bob")) == "forbidden"


def test_a_public_room_is_announced_to_the_space_and_a_private_one_is_not() -> None:
    state = a_space()
    streams = [fact.stream for fact in do(state, CreateRoom("s", "open"), by("ann", 5))]
    assert streams == ["room/id5", "room/id5", "space/s"]
    streams = [fact.stream for fact in do(state, CreateRoom("s", "secret", private=True), by("ann", 6))]
    assert streams == ["room/id6", "room/id6"]


def test_an_operator_makes_a_room_without_being_in_it() -> None:
    facts = do(a_space(), CreateRoom("s", "open"), by("operator:0", 5, operator=True))
    assert [fact.type for fact in facts] == ["room.created", "room.created"]


def test_the_facts_of_a_new_account_stand_before_its_entering() -> None:
    state = a_space()
    do(state, CreateInvite("s"), by("ann", 5))
    made = Fact("account/new", 1, "account.created", 9, "new", {"account": "new"})
    outcome = space.decide(state, JoinByInvite("id5", "new", (made,)), by("new"))
    assert isinstance(outcome, Decision)
    assert [fact.type for fact in outcome.facts] == ["account.created", "member.joined"]


def test_a_bot_loses_a_role_of_its_own_that_its_owners_hides() -> None:
    members = {"ann": "owner", "bob": "member", "rex": "moderator"}
    state = SpaceState("s", 9, members=members, bots={"rex": "bob"})
    assert state.role("rex") == "member"
    outcome = space.decide(state, SetRole("s", "rex", "member"), Context("ann", 1))
    assert isinstance(outcome, Decision)
    (fact,) = outcome.facts
    assert fact.data == {"account": "rex", "role": "member", "before": "moderator"}


def test_an_order_to_erase_that_was_taken_back_and_given_again_is_another_one() -> None:
    """Whoever carries orders out may still be at the first one."""
    state = a_space()
    do(state, CreateInvite("s"), by("ann", 5))
    do(state, JoinByInvite("id5", "bob"), by("bob"))
    do(state, OrderErasure("bob", due_at=10), by("ann"))
    do(state, CancelErasure("s", "bob"), by("ann"))
    do(state, OrderErasure("bob", due_at=20, reason="too loud"), by("ann"))
    assert do(state, LapseErasure("bob", 10, "no right"), by("system")) == ()
    assert do(state, FinishErasure("bob", 10), by("ann")) == ()
    (erased,) = do(state, FinishErasure("bob", 20), by("ann"))
    assert (erased.type, erased.data) == ("member.messages_erased", {"account": "bob", "reason": "too loud"})


def test_what_a_clock_ahead_ordered_ends_once_whenever_its_space_is_read_from_the_log() -> None:
    day = 86_400_000
    awake, asleep, facts = SpaceState("s"), SpaceState("s"), list[Fact]()

    def write(command: Any, at: int, who: str = "ann") -> None:
        facts.extend(do(awake, command, by(who, at)))

    write(CreateSpace("Team"), 1000)
    write(CreateInvite("s"), 1000)
    write(JoinByInvite("id1000", "bob"), 1000, "bob")
    write(MuteMember("s", "bob", for_=60), day)
    write(BanAccount("eve", None, 60, True), day)
    assert awake.muted_until("bob", 5000) == 65_000  # nothing in the log says yet that the clock is right
    write(UpdateSpace("s", name="Crew"), 7000)
    write(UpdateSpace("s", name="Team"), 900_000)
    for fact in facts:
        space.apply(asleep, fact)
    assert (awake.muted_until("bob", 8000), awake.banned_until("eve", 8000)) == (65_000, 67_000)
    for later in (8000, 40_000):
        assert asleep.muted_until("bob", later) == asleep.banned_until("eve", later) == 67_000
    for state in (awake, asleep):
        assert (state.muted_until("bob", 67_000), state.banned_until("eve", 67_000)) == (None, None)
        assert state.muted_until("bob", day + 1000) is None

"""What may happen in a room, decided on state alone."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from chatd.contract.errors import Refusal
from chatd.contract.message import Posted, PostMessage
from chatd.contract.read import MarkRead
from chatd.contract.room import ArchiveRoom, JoinRoom, LeaveRoom, SetOverride, UpdateRoom
from chatd.domain.decision import Context, Decision
from chatd.domain.event import Event, Fact
from chatd.domain.room import decide as room
from chatd.domain.room.state import MAX_NONCES, RoomState
from chatd.domain.space.state import SpaceState

SPACE = SpaceState(
    "s", 9, "Team", members={"ann": "owner", "mod": "moderator", "bob": "member", "gus": "guest"}
)


def by(account: str, at: int = 1000) -> Context:
    return Context(account, at)


def a_room(**changes: object) -> RoomState:
    state = RoomState("r", 3, "s", "general", members={"ann": 2, "bob": 3})
    return attrs.evolve(state, **changes)


def facts(outcome: Decision | Refusal) -> tuple[Fact, ...]:
    assert isinstance(outcome, Decision), outcome
    return outcome.facts


def code(outcome: Decision | Refusal) -> str:
    assert isinstance(outcome, Refusal), outcome
    return outcome.code


def test_a_member_posts_and_the_fact_takes_the_next_seq() -> None:
    (fact,) = facts(room.decide(a_room(), SPACE, PostMessage("r", "hi", "n"), by("bob")))
    assert fact == Fact("room/r", 4, "message.posted", 1000, "bob", {"nonce": "n"}, "hi")


def test_deciding_changes_nothing() -> None:
    state = a_room()
    before = attrs.evolve(state, members=dict(state.members), nonces=dict(state.nonces))
    room.decide(state, SPACE, PostMessage("r", "hi", "n"), by("bob"))
    room.decide(state, SPACE, LeaveRoom("r"), by("bob"))
    assert state == before


@pytest.mark.parametrize(
    ("who", "state", "expected"),
    [
        ("mod", a_room(), "forbidden"),  # sees the public room, has not joined it
        ("gus", a_room(), "not_found"),  # a guest sees only rooms that it was let into
        ("eve", a_room(), "not_found"),  # is not even in the space
        ("mod", a_room(private=True), "not_found"),
        ("bob", a_room(archived=True), "forbidden"),
        ("bob", a_room(kind="announcement"), "forbidden"),
        ("bob", a_room(head=0, members={}), "not_found"),
    ],
)
def test_who_may_not_post(who: str, state: RoomState, expected: str) -> None:
    assert code(room.decide(state, SPACE, PostMessage("r", "hi"), by(who))) == expected


def test_a_member_who_left_the_space_posts_no_more() -> None:
    state = a_room(members={"eve": 2})
    assert code(room.decide(state, SPACE, PostMessage("r", "hi"), by("eve"))) == "forbidden"


def test_the_same_nonce_gives_the_first_result_and_no_fact() -> None:
    state = a_room()
    (fact,) = facts(room.decide(state, SPACE, PostMessage("r", "hi", "n"), by("bob")))
    room.apply(state, fact)
    room.confirm(state, [fact.at_position(77)])
    again = room.decide(state, SPACE, PostMessage("r", "hi", "n"), by("bob", at=9999))
    assert facts(again) == ()
    assert isinstance(again, Decision)
    assert again.answer(()) == Posted(seq=4, position=77, at=1000)


@pytest.mark.parametrize(
    "since",
    [
        a_room(archived=True),
        a_room(locked=True),
        a_room(slow_mode=3600),
        a_room(members={"ann": 2}),
    ],
    ids=["archived", "locked", "slow", "out of it"],
)
def test_the_same_nonce_gives_the_first_result_also_to_who_may_not_post_any_more(since: RoomState) -> None:
    """As long as they see the room: the answer was lost, and the message stands there."""
    posted = Event(7, "room/r", 4, "message.posted", 5, "bob", {"nonce": "n"}, "hi")
    room.apply(since, posted)
    room.confirm(since, [posted])
    again = room.decide(since, SPACE, PostMessage("r", "hi", "n"), by("bob"))
    assert isinstance(again, Decision)
    assert again.answer(()) == Posted(seq=4, position=7, at=5)


def test_the_same_nonce_with_another_text_is_a_conflict() -> None:
    state = a_room()
    room.apply(state, Event(7, "room/r", 4, "message.posted", 5, "bob", {"nonce": "n"}, "hi"))
    assert code(room.decide(state, SPACE, PostMessage("r", "ho", "n"), by("bob"))) == "conflict"
    assert code(room.decide(state, SPACE, PostMessage("r", "hi", "n", 1), by("bob"))) == "conflict"
    assert facts(room.decide(state, SPACE, PostMessage("r", "ho", "n"), by("ann")))  # nonces are per author


def test_a_nonce_whose_text_was_erased_still_gives_the_first_result() -> None:
    state = a_room()
    room.apply(state, Event(7, "room/r", 4, "message.posted", 5, "bob", {"nonce": "n"}, None))
    assert facts(room.decide(state, SPACE, PostMessage("r", "whatever", "n"), by("bob"))) == ()


def test_a_nonce_forgets_what_was_posted_with_it_when_that_is_erased() -> None:
    """As it is after a restart: nobody can find out by trying what an erased text was."""
    state = a_room()
    room.apply(state, Event(7, "room/r", 4, "message.posted", 5, "bob", {"nonce": "n"}, "hi"))
    room.apply(state, Event(8, "room/r", 5, "message.posted", 5, "bob", {"nonce": "other"}, "ho"))
    room.apply(state, Event(9, "room/r", 6, "message.deleted", 5, "bob", {"seq": 4, "author": "bob"}))
    assert facts(room.decide(state, SPACE, PostMessage("r", "whatever", "n"), by("bob"))) == ()
    assert code(room.decide(state, SPACE, PostMessage("r", "whatever", "other"), by("bob"))) == "conflict"


def test_a_room_remembers_a_bounded_number_of_nonces() -> None:
    state = a_room()
    for seq in range(4, 4 + MAX_NONCES + 50):
        data = {"nonce": str(seq)}
        posted = Event(seq, "room/r", seq, "message.posted", 5, "bob", data, "x")
        room.apply(state, posted)
        room.confirm(state, [posted])
    assert len(state.nonces) == MAX_NONCES
    assert ("bob", "4") not in state.nonces


def test_a_reply_names_an_earlier_message() -> None:
    for reply_to in (0, 2, 4, 99):
        assert (
            code(room.decide(a_room(), SPACE, PostMessage("r", "x", None, reply_to), by("bob"))) == "invalid"
        )


def test_joining_twice_logs_once() -> None:
    state = a_room()
    (fact,) = facts(room.decide(state, SPACE, JoinRoom("r"), by("mod")))
    room.apply(state, fact)
    assert facts(room.decide(state, SPACE, JoinRoom("r"), by("mod"))) == ()


def test_nobody_joins_a_private_room_by_himself() -> None:
    assert code(room.decide(a_room(private=True), SPACE, JoinRoom("r"), by("mod"))) == "not_found"


def test_leaving_takes_the_right_to_post() -> None:
    state = a_room()
    (fact,) = facts(room.decide(state, SPACE, LeaveRoom("r"), by("bob")))
    room.apply(state, fact)
    assert code(room.decide(state, SPACE, PostMessage("r", "hi"), by("bob"))) == "forbidden"


def test_only_those_with_the_right_rename_and_archive() -> None:
    assert code(room.decide(a_room(), SPACE, UpdateRoom("r", "x"), by("bob"))) == "forbidden"
    assert code(room.decide(a_room(), SPACE, ArchiveRoom("r"), by("mod"))) == "forbidden"
    state = a_room()
    for fact in facts(room.decide(state, SPACE, UpdateRoom("r", "x", "about x"), by("mod"))):
        room.apply(state, fact)
    for fact in facts(room.decide(state, SPACE, ArchiveRoom("r"), by("ann"))):
        room.apply(state, fact)
    assert (state.name, state.topic, state.archived, state.head) == ("x", "about x", True, 5)


@pytest.mark.parametrize("whom", [{}, {"role": "member", "account": "bob"}])
def test_an_override_is_for_a_role_or_for_an_account_and_not_for_both(whom: dict[str, Any]) -> None:
    override = SetOverride("r", "message.post", **whom, allow=False)
    assert code(room.decide(a_room(), SPACE, override, by("ann"))) == "invalid"


def test_a_read_marker_stays_within_the_room() -> None:
    decision = room.decide(a_room(), SPACE, MarkRead("r", 3), by("bob"))
    assert isinstance(decision, Decision)
    assert decision.read == 3
    assert decision.facts == ()
    assert code(room.decide(a_room(), SPACE, MarkRead("r", 4), by("bob"))) == "invalid"


def test_an_unknown_event_only_moves_the_head() -> None:
    state = a_room()
    room.apply(state, Event(9, "room/r", 4, "from.the_future", 5, "bob", {"x": 1}))
    assert state == a_room(head=4)

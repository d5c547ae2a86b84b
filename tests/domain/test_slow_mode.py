"""Slow mode: what makes a person wait is told by the facts of the room alone."""

from __future__ import annotations

import attrs
import pytest

from chatd.contract.errors import Refusal
from chatd.contract.fields import MAX_SLOW_MODE
from chatd.contract.message import EditMessage, PostMessage
from chatd.contract.reaction import AddReaction
from chatd.domain.decision import Context, Decision
from chatd.domain.event import Fact
from chatd.domain.room import decide as room
from chatd.domain.room.slow_mode import LOCKED_INTERVAL
from chatd.domain.room.state import MessageState, RoomState
from chatd.domain.space import decide as space
from chatd.domain.space.state import SpaceState

HOUR = 3_600_000
NOON = 100 * HOUR
MEMBERS = ("bob", "eve", "b1", "b2")


def a_space() -> SpaceState:
    """Bob is a member with two bots, eve a member without any."""
    state = SpaceState("s", 1, "Team", members={"ann": "owner"})
    for account in MEMBERS:
        owner = {"owner": "bob"} if account.startswith("b") and account != "bob" else {}
        data = {"account": account, "role": "member", **owner}
        space.apply(state, Fact("space/s", state.head + 1, "member.joined", 0, account, data))
    return state


def a_room(space: SpaceState, slow_mode: int = 3600) -> RoomState:
    members = {account: space.joined_seqs[account] for account in MEMBERS}
    return RoomState("r", 9, "s", "general", slow_mode=slow_mode, members=members)


def say(state: RoomState, space: SpaceState, by: str, at: int) -> float:
    """Posts; returns the seconds that the author must wait instead, or 0."""
    return do(state, space, PostMessage("r", "hi"), by, at)


def do(state: RoomState, space: SpaceState, command: object, by: str, at: int) -> float:
    state.messages = {1: MessageState(by, text="old")}
    outcome = room.decide(state, space, command, Context(by, at))
    if isinstance(outcome, Refusal):
        assert outcome.code == "rate_limited", outcome
        return float((outcome.data or {})["retry_after"])
    assert isinstance(outcome, Decision)
    for fact in outcome.facts:
        room.apply(state, fact)
    return 0.0


def test_the_facts_alone_tell_who_must_wait() -> None:
    space = a_space()
    posted = Fact("room/r", 10, "message.posted", NOON, "bob", {}, "hi")
    state = a_room(space)
    room.apply(state, posted)
    assert say(state, space, "bob", NOON + 1000) == 3599
    assert say(state, space, "eve", NOON + 1000) == 0
    assert say(state, space, "bob", NOON + HOUR) == 0


def test_a_person_and_all_their_bots_wait_for_one_another() -> None:
    space = a_space()
    state = a_room(space)
    assert say(state, space, "b1", NOON) == 0
    assert [say(state, space, who, NOON + 1000) for who in ("bob", "b1", "b2")] == [3599] * 3
    assert say(state, space, "eve", NOON + 1000) == 0


@pytest.mark.parametrize("way", ["member.left", "member.kicked", "member.banned"])
def test_sending_the_bot_away_ends_no_wait(way: str) -> None:
    space_ = a_space()
    state = a_room(space_)
    say(state, space_, "b1", NOON)
    space.apply(space_, Fact("space/s", space_.head + 1, way, NOON, "bob", {"account": "b1"}))
    assert say(state, space_, "bob", NOON + 1000) == 3599


def test_many_who_speak_make_nobody_forgotten_and_the_old_are() -> None:
    space = a_space()
    state = a_room(space)
    say(state, space, "bob", NOON)
    for number in range(1000):
        room.apply(state, Fact("room/r", 11 + number, "message.posted", NOON + 1, f"x{number}", {}, "hi"))
    assert say(state, space, "bob", NOON + 1000) == 3599
    later = NOON + 2 + MAX_SLOW_MODE * 1000
    for number in range(1001):
        room.apply(state, Fact("room/r", 2000 + number, "message.posted", later, "eve", {}, "hi"))
    assert list(state.posted_at) == ["eve"]


def test_what_an_import_brings_ends_no_wait_and_begins_none() -> None:
    """It has the times of long ago, of people who write here meanwhile."""
    space = a_space()
    state = a_room(space)
    assert say(state, space, "bob", NOON) == say(state, space, "eve", NOON) == 0
    for at in (1_000, NOON - 3 * MAX_SLOW_MODE * 1000, NOON + HOUR):
        brought = Fact(
            "room/r", state.head + 1, "message.posted", at, "eve", {"imported": "i", "key": "1"}, "old"
        )
        room.apply(state, brought)
    assert [say(state, space, who, NOON + HOUR // 2) for who in ("bob", "eve")] == [1800, 1800]
    assert [say(state, space, who, NOON + HOUR) for who in ("bob", "eve")] == [0, 0]


@pytest.mark.parametrize("seconds", [1, 60, MAX_SLOW_MODE])
def test_no_wait_exceeds_the_setting_whatever_the_clock_did(seconds: int) -> None:
    space = a_space()
    state = a_room(space, seconds)
    say(state, space, "bob", NOON)
    for at in range(NOON - 2 * HOUR, NOON + 8 * HOUR, HOUR // 7):
        assert say(attrs.evolve(state, posted_at=dict(state.posted_at)), space, "bob", at) <= seconds
    assert say(state, space, "bob", NOON - HOUR) == 0  # the clock was set back: it counts as unset
    assert say(state, space, "bob", NOON - HOUR + 1) == pytest.approx(seconds, abs=0.01)


def test_whose_next_post_is_decided_by_a_clock_that_is_a_little_behind_waits() -> None:
    """As on another node; what others write by that clock makes nobody forgotten."""
    space = a_space()
    state = a_room(space)
    assert say(state, space, "bob", NOON + 100_000) == 0
    assert say(state, space, "bob", NOON) == 3600
    assert say(state, space, "eve", NOON) == 0
    assert say(state, space, "bob", NOON) == 3600
    assert say(state, space, "bob", NOON + HOUR) == 100


def test_in_a_locked_space_what_was_done_since_the_lock_counts() -> None:
    space_ = a_space()
    state = a_room(space_, slow_mode=0)
    react, edit = AddReaction("r", 1, "👍"), EditMessage("r", 1, "new")
    assert do(state, space_, react, "bob", NOON) == 0
    space.apply(space_, Fact("space/s", space_.head + 1, "space.locked", NOON + 1000, "ann", {}))
    assert do(state, space_, react, "bob", NOON + 2000) == 0  # the one before was before the lock
    assert do(state, space_, edit, "bob", NOON + 3000) == LOCKED_INTERVAL - 1
    assert say(state, space_, "b2", NOON + 3000) == LOCKED_INTERVAL - 1
    space.apply(space_, Fact("space/s", space_.head + 1, "space.unlocked", NOON + 4000, "ann", {}))
    assert say(state, space_, "bob", NOON + 5000) == 0

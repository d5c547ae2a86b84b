"""What may happen to messages, decided on state alone."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chatd.contract.errors import Refusal
from chatd.contract.fields import Right
from chatd.contract.message import DeleteMessage, EditMessage, PostMessage
from chatd.contract.pin import AddPin
from chatd.contract.reaction import AddReaction, RemoveReaction
from chatd.contract.read import MarkRead
from chatd.contract.room import ArchiveRoom, JoinRoom, LeaveRoom, UpdateRoom
from chatd.contract.typing import SetTyping
from chatd.domain.decision import Context, Decision
from chatd.domain.event import Fact
from chatd.domain.internal import DeleteMessages, ExpireMessage, OpenDirectRoom
from chatd.domain.names.mentions import mention_candidates
from chatd.domain.policy.access import verdict
from chatd.domain.policy.roles import OVERRIDABLE_RIGHTS
from chatd.domain.room import decide as room
from chatd.domain.room.direct import direct_room
from chatd.domain.room.reaction import MAX_PINS, MAX_REACTIONS
from chatd.domain.room.state import MessageState, RoomState
from chatd.domain.space.state import FOREVER, SpaceState

ROLES = {"ann": "owner", "mod": "moderator", "bob": "member", "cat": "member", "gus": "guest"}
SPACE = SpaceState("s", 9, "Team", members=ROLES, emoji={"party": "https://x/party.png"})
NAMES = {name: name for name in ROLES}


def a_room(**changes: object) -> RoomState:
    state = RoomState("r", 20, "s", "general", members=dict.fromkeys(["ann", "bob", "gus", "mod"], 2))
    state.messages = {
        7: MessageState("bob", text="as it was"),
        8: MessageState("ann", thread=7, text="a reply"),
        9: MessageState("bob", deleted=True),
    }
    for name, value in changes.items():
        setattr(state, name, value)
    return state


def decided(who: str, command: object, state: RoomState | None = None, **more: object) -> Decision | Refusal:
    return room.decide(state or a_room(), SPACE, command, Context(who, 5000, **more))  # type: ignore[arg-type]


def only(outcome: Decision | Refusal) -> Fact:
    assert isinstance(outcome, Decision), outcome
    (fact,) = outcome.facts
    return fact


def code(outcome: Decision | Refusal) -> str:
    assert isinstance(outcome, Refusal), outcome
    return outcome.code


def nothing(outcome: Decision | Refusal) -> bool:
    return isinstance(outcome, Decision) and not outcome.facts


# --- editing and deleting ---


def test_an_author_edits_and_the_fact_names_the_message_and_carries_the_text() -> None:
    fact = only(decided("bob", EditMessage("r", 7, "as it is")))
    assert (fact.type, fact.seq, fact.data, fact.text) == ("message.edited", 21, {"seq": 7}, "as it is")


def test_an_edit_that_changes_nothing_logs_nothing() -> None:
    assert nothing(decided("bob", EditMessage("r", 7, "as it was")))


@pytest.mark.parametrize(
    ("who", "seq", "expected"),
    [
        ("ann", 7, "forbidden"),  # not even the owner puts words into somebody's mouth
        ("bob", 9, "not_found"),  # deleted
        ("bob", 6, "not_found"),  # no message
        ("eve", 7, "not_found"),  # who does not see the room
        ("cat", 7, "forbidden"),
    ],
)
def test_nobody_else_edits_and_only_what_is_there(who: str, seq: int, expected: str) -> None:
    assert code(decided(who, EditMessage("r", seq, "new"))) == expected


def test_who_has_left_a_room_edits_nothing_in_it_any_more() -> None:
    state = a_room(members={"ann": 2})
    assert code(decided("bob", EditMessage("r", 7, "new"), state)) == "forbidden"


@pytest.mark.parametrize(("who", "may"), [("bob", True), ("mod", True), ("ann", True), ("cat", False)])
def test_authors_and_moderators_delete(who: str, may: bool) -> None:
    outcome = decided(who, DeleteMessage("r", 7))
    if may:
        assert only(outcome).data == {"seq": 7, "author": "bob"}
    else:
        assert code(outcome) == "forbidden"


def test_deleting_twice_logs_once() -> None:
    state = a_room()
    room.apply(state, only(decided("bob", DeleteMessage("r", 7), state)))
    assert nothing(decided("bob", DeleteMessage("r", 7), state))


def test_an_archived_room_takes_no_change_but_gives_up_what_its_author_deletes() -> None:
    state = a_room(archived=True)
    for command in (EditMessage("r", 7, "new"), AddReaction("r", 7, "👍"), AddPin("r", 7)):
        assert code(decided("bob", command, state)) == "forbidden"
    assert only(decided("bob", DeleteMessage("r", 7), state)).type == "message.deleted"


@pytest.mark.parametrize("right", OVERRIDABLE_RIGHTS)
def test_what_explains_a_decision_knows_that_a_room_is_archived(right: Right) -> None:
    told = verdict(a_room(archived=True), SPACE, "ann", right, 5000)
    assert not told
    assert "archived" in told.because


def test_who_is_muted_reads_until_when() -> None:
    state = a_room()
    for until, words in (
        (1_800_000_000_000, "muted in the space until 2027-01-15 08:00 UTC"),
        (FOREVER, "muted in the space"),
    ):
        told = verdict(state, attrs.evolve(SPACE, mutes={"bob": until}), "bob", "message.post", 5000)
        assert told.because == f"it is {words}"


@pytest.mark.parametrize("lost", ["room", "space"])
def test_of_a_deleted_room_texts_can_still_be_erased_and_nothing_else_is_left(lost: str) -> None:
    state, space = a_room(deleted=lost == "room"), attrs.evolve(SPACE, deleted=lost == "space")
    for command in (DeleteMessages((7, 9)), ExpireMessage(7)):
        fact = only(room.decide(state, space, command, Context("system", 5000)))
        assert (fact.type, fact.data["seq"]) == ("message.deleted", 7)
    for by_people in (DeleteMessage("r", 7), PostMessage("r", "x"), MarkRead("r", 7)):
        assert code(room.decide(state, space, by_people, Context("bob", 5000))) == "not_found"


def test_two_commands_about_one_message_in_one_turn_see_each_other() -> None:
    state = a_room()
    room.apply(state, only(decided("bob", DeleteMessage("r", 7), state)))
    assert code(decided("bob", EditMessage("r", 7, "late"), state)) == "not_found"
    assert code(decided("ann", AddReaction("r", 7, "👍"), state)) == "not_found"


# --- threads ---


def test_a_reply_to_a_reply_stands_in_the_thread_of_its_root() -> None:
    assert only(decided("ann", PostMessage("r", "x", reply_to=7))).data == {"reply_to": 7, "thread": 7}
    assert only(decided("ann", PostMessage("r", "x", reply_to=8))).data == {"reply_to": 8, "thread": 7}


# --- reactions ---


@pytest.mark.parametrize("emoji", ["👍", "👩‍👩‍👧‍👦", "🇦🇹", "👍🏽", "é", "1️⃣", "字", ":party:"])
def test_a_reaction_is_one_grapheme_or_a_custom_emoji(emoji: str) -> None:
    assert only(decided("gus", AddReaction("r", 7, emoji))).data == {"seq": 7, "emoji": emoji}


@pytest.mark.parametrize("emoji", ["👍👍", "ab", " ", "\n", "\u200b", ":nope:", "::", ":party"])
def test_what_is_no_reaction_is_refused(emoji: str) -> None:
    assert code(decided("gus", AddReaction("r", 7, emoji))) == "invalid"


def test_a_reaction_is_given_and_taken_once() -> None:
    state = a_room()
    assert nothing(decided("ann", RemoveReaction("r", 7, "👍"), state))
    room.apply(state, only(decided("ann", AddReaction("r", 7, "👍"), state)))
    assert nothing(decided("ann", AddReaction("r", 7, "👍"), state))
    room.apply(state, only(decided("ann", RemoveReaction("r", 7, "👍"), state)))
    assert nothing(decided("ann", RemoveReaction("r", 7, "👍"), state))


def test_a_message_takes_a_bounded_number_of_different_reactions() -> None:
    state = a_room()
    state.messages[7].reactions = {chr(0x1F600 + n): {"ann"} for n in range(MAX_REACTIONS)}
    assert code(decided("bob", AddReaction("r", 7, "👍"), state)) == "conflict"
    assert only(decided("bob", AddReaction("r", 7, chr(0x1F600)), state)).type == "reaction.added"


def test_in_an_announcement_room_few_post_and_all_react() -> None:
    state = a_room(kind="announcement")
    assert code(decided("bob", PostMessage("r", "x"), state)) == "forbidden"
    assert only(decided("gus", AddReaction("r", 7, "👍"), state)).type == "reaction.added"


# --- pins ---


def test_members_pin_and_guests_do_not() -> None:
    assert only(decided("bob", AddPin("r", 8))).data == {"seq": 8}
    assert code(decided("gus", AddPin("r", 8))) == "forbidden"


def test_a_deleted_message_is_pinned_no_more() -> None:
    state = a_room()
    room.apply(state, only(decided("bob", AddPin("r", 7), state)))
    assert nothing(decided("bob", AddPin("r", 7), state))
    room.apply(state, only(decided("bob", DeleteMessage("r", 7), state)))
    assert state.pins == set()


def test_a_room_keeps_a_bounded_number_of_pins() -> None:
    assert code(decided("bob", AddPin("r", 7), a_room(pins=set(range(100, 100 + MAX_PINS))))) == "conflict"


# --- mentions ---


def mentions(text: str, who: str = "bob", **more: object) -> list[str]:
    read = mention_candidates(text)
    fact = only(decided(who, PostMessage("r", text), mentions=read, names=NAMES, **more))
    found: list[str] = fact.data.get("mentions", [])
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@ann look", ["ann"]),
        ("(@Ann), @ANN.", ["ann"]),
        ("@gus @ann @gus", ["gus", "ann"]),
        ("mail ann@gus.example", []),
        ("`@ann` and ```\n@gus\n```", []),
        ("@cat", []),  # not in the room
        ("@nobody", []),
        ("@@ann", []),
        ("＠ann", ["ann"]),
    ],
)
def test_mentions_are_members_named_outside_code_and_addresses(text: str, expected: list[str]) -> None:
    assert mentions(text) == expected


def test_here_mentions_the_members_who_are_here_but_not_the_author() -> None:
    assert mentions("@here", present=frozenset({"ann", "bob", "cat"})) == ["here", "ann"]


def test_room_is_kept_as_a_word() -> None:
    assert mentions("@room: @ann") == ["room", "ann"]


def test_guests_are_not_loud() -> None:
    assert mentions("@room @here", "gus", present=frozenset({"ann"})) == []


def test_an_edit_mentions_anew() -> None:
    fact = only(decided("bob", EditMessage("r", 7, "@ann"), mentions=[("ann",)], names=NAMES))
    assert fact.data == {"seq": 7, "mentions": ["ann"]}


@given(st.text(max_size=300))
@example("_")
def test_any_text_can_be_posted(text: str) -> None:
    if text:
        read = mention_candidates("@" + text)
        posted = only(decided("bob", PostMessage("r", "@" + text), mentions=read, names=NAMES))
        assert posted.text == "@" + text


# --- direct rooms ---


def test_the_same_people_meet_in_the_same_room_and_others_in_another() -> None:
    assert direct_room(["b", "a"]) == direct_room(["a", "b"])
    assert len({direct_room(people) for people in (["a"], ["a", "b"], ["ab"], ["a", "b", "c"])}) == 4


def test_a_direct_room_begins_with_its_people_and_opening_it_again_logs_nothing() -> None:
    state, nowhere = RoomState("d"), SpaceState("")
    context = Context("ann", 5000)
    outcome = room.decide(state, nowhere, OpenDirectRoom(("ann", "bob")), context)
    assert isinstance(outcome, Decision)
    assert [(fact.seq, fact.type) for fact in outcome.facts] == [(1, "room.created"), (2, "member.joined")]
    for fact in outcome.facts:
        room.apply(state, fact)
    assert nothing(room.decide(state, nowhere, OpenDirectRoom(("ann", "bob")), context))
    assert outcome.answer([]).room.accounts == ["ann", "bob"]
    assert set(state.members) == {"ann"}


def test_the_others_join_a_direct_room_with_its_first_message() -> None:
    state, nowhere = RoomState("d"), SpaceState("")
    for command, types in (
        (OpenDirectRoom(("ann", "bob", "eve", "gone")), ["room.created", "member.joined"]),
        (PostMessage("d", "hi"), ["member.joined", "member.joined", "message.posted"]),
        (PostMessage("d", "again"), ["message.posted"]),
    ):
        state.gone = {"gone"}
        outcome = room.decide(state, nowhere, command, Context("ann", 5000))
        assert isinstance(outcome, Decision)
        assert [fact.type for fact in outcome.facts] == types
        for fact in outcome.facts:
            assert fact.seq == state.head + 1
            room.apply(state, fact)
    assert set(state.members) == {"ann", "bob", "eve"}


@pytest.mark.parametrize(("text", "expected"), [("@gus @eve @gone", ["gus"]), ("@here", ["here", "gus"])])
def test_the_first_message_of_a_direct_room_mentions_those_who_join_with_it(
    text: str, expected: list[str]
) -> None:
    people = {"ann", "bob", "gone", "gus"}
    state = RoomState("d", 2, kind="direct", private=True, members={"ann": 2}, people=people, gone={"gone"})
    names = {name: name for name in (*people, "eve")}
    here = frozenset({"ann", "eve", "gone", "gus"})
    context = Context("ann", 5000, mentions=mention_candidates(text), names=names, present=here)
    outcome = room.decide(state, SpaceState(""), PostMessage("d", text), context)
    assert isinstance(outcome, Decision)
    assert outcome.facts[-1].data["mentions"] == expected


def test_who_shares_no_space_with_the_others_only_reads_a_direct_room() -> None:
    state, nowhere = RoomState("d"), SpaceState("")
    for who in ("ann", "bob"):
        outcome = room.decide(state, nowhere, OpenDirectRoom(("ann", "bob")), Context(who, 1))
        assert isinstance(outcome, Decision)
        for fact in outcome.facts:
            room.apply(state, fact)
    state.apart = {"ann", "bob"}
    refused = room.decide(state, nowhere, PostMessage("d", "still here"), Context("ann", 2))
    assert isinstance(refused, Refusal)
    assert refused.code == "forbidden"
    assert "no longer shares a space" in refused.message
    state.apart = set()
    assert isinstance(room.decide(state, nowhere, PostMessage("d", "x"), Context("ann", 3)), Decision)


@pytest.mark.parametrize(
    "command",
    [LeaveRoom("d"), UpdateRoom("d", name="x"), ArchiveRoom("d")],
    ids=lambda c: type(c).__name__,
)
def test_a_direct_room_stays_as_it_is(command: object) -> None:
    state = RoomState(
        "d", 3, kind="direct", private=True, members={"ann": 2, "bob": 3}, people={"ann", "bob"}
    )
    assert code(room.decide(state, SpaceState(""), command, Context("ann", 5000))) == "forbidden"
    assert code(room.decide(state, SpaceState(""), JoinRoom("d"), Context("eve", 5000))) == "not_found"


def test_in_a_direct_room_all_may_post_and_pin_and_be_loud() -> None:
    state = RoomState(
        "d", 3, kind="direct", private=True, members={"ann": 2, "bob": 3}, people={"ann", "bob"}
    )
    state.messages = {7: MessageState("bob", text="x")}
    for command in (PostMessage("d", "@room"), AddPin("d", 7), AddReaction("d", 7, "👍")):
        only(room.decide(state, SpaceState(""), command, Context("ann", 5000)))
    assert (
        code(room.decide(state, SpaceState(""), DeleteMessage("d", 7), Context("ann", 5000))) == "forbidden"
    )


# --- typing ---


def test_typing_is_shown_once_in_a_while() -> None:
    state = a_room()

    def shown(at: int) -> bool:
        outcome = room.decide(state, SPACE, SetTyping("r"), Context("bob", at))
        assert isinstance(outcome, Decision)
        room.remember_unlogged(state, outcome, Context("bob", at))
        return outcome.signal is not None

    assert [shown(at) for at in (10_000, 11_000, 12_999, 13_000)] == [True, False, False, True]
    assert code(decided("eve", SetTyping("r"))) == "not_found"

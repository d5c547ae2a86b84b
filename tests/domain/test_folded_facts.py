"""Every fact that gives a name says what the name is compared by, and no client is shown that."""

from __future__ import annotations

from typing import Any

import pytest

from chatd.contract.account import RenameAccount, UpdateAccount
from chatd.contract.account_admin import CreateAccount, SetDisplayName, SetName
from chatd.contract.room import CreateRoom, LockRoom, UpdateRoom
from chatd.contract.sign_in import SignUp
from chatd.contract.space import CreateSpace, UpdateSpace
from chatd.domain.account import decide as account
from chatd.domain.account.state import AccountState
from chatd.domain.decision import Context, Decision
from chatd.domain.event import Fact, folded_names, payload
from chatd.domain.internal import (
    MakeBot,
    MakeImportedDirectRoom,
    MakeImportedRoom,
    MakePlaceholder,
    OpenDirectRoom,
)
from chatd.domain.names.keys import name_key, shown_keys, skeleton
from chatd.domain.room import decide as room
from chatd.domain.room.state import RoomState
from chatd.domain.space import decide as space
from chatd.domain.space.state import SpaceState

OPERATOR = Context("operator:0", 1000, True, new_id="r1")


def decided(outcome: Any) -> tuple[Fact, ...]:
    assert isinstance(outcome, Decision), outcome
    return outcome.facts


def a_space() -> SpaceState:
    state = SpaceState("s")
    for fact in decided(space.decide(state, CreateSpace("Team"), Context("ann", 1))):
        space.apply(state, fact)
    return state


def a_room(state: SpaceState) -> RoomState:
    made = RoomState("r1")
    for fact in decided(space.decide(state, CreateRoom("s", "Hall"), OPERATOR)):
        if fact.stream == "room/r1":
            room.apply(made, fact)
    return made


def in_account(command: Any) -> Fact:
    state = AccountState("a") if isinstance(command, NEW) else AccountState("a", 1, "ann")
    return decided(account.decide(state, command, OPERATOR))[0]


NEW = (CreateAccount, SignUp, MakePlaceholder)
NAMED = (
    *(CreateAccount("José", display_name="Ｊosé Ｂ."), SignUp("José", "secret"), MakePlaceholder("José")),
    *(MakeBot("b", "José", []), RenameAccount("José"), SetName("a", "José", reason="asked")),
)
SHOWN = (UpdateAccount(display_name="Ｊosé"), SetDisplayName("a", "Ｊosé", reason="asked"))


@pytest.mark.parametrize("command", [*NAMED, *SHOWN], ids=lambda command: type(command).__name__)
def test_an_account_says_what_its_names_are_compared_by_where_it_can_be_erased(command: Any) -> None:
    fact = in_account(command)
    said, folded = payload(fact), folded_names(fact)
    assert "folded" not in said
    assert "folded" not in fact.data
    assert folded.keys() == said.keys() & {"name", "display_name"}
    if "name" in said:
        assert folded["name"] == {"key": name_key(said["name"]), "skeleton": skeleton(said["name"])}
    if "display_name" in said:
        key, look = shown_keys(said["display_name"])
        assert folded["display_name"] == {"key": key, "skeleton": look}


def test_an_account_that_says_nothing_of_its_names_folds_none() -> None:
    assert folded_names(in_account(UpdateAccount(about="hello"))) == {}


@pytest.mark.parametrize("private", [False, True])
def test_spaces_and_rooms_say_what_their_names_are_compared_by(private: bool) -> None:
    state = a_space()
    imported = MakeImportedRoom("Ｈall", private, False, 1, ())
    rooms = [
        decided(space.decide(state, command, OPERATOR))
        for command in (CreateRoom("s", "Ｈall", private=private), imported)
    ]
    facts = [
        decided(space.decide(SpaceState("s2"), CreateSpace("Ｔeam"), Context("ann", 1)))[0],
        decided(space.decide(state, UpdateSpace("s", name="Ｔeam 2"), OPERATOR))[0],
        decided(room.decide(a_room(state), state, UpdateRoom("r1", name="Ｈ2", reason="asked"), OPERATOR))[0],
        *(made[0] for made in rooms),
    ]
    for fact in facts:
        key, look = shown_keys(fact.data["name"])
        assert folded_names(fact) == {"name": {"key": key, "skeleton": look}}
        assert payload(fact) == {field: value for field, value in fact.data.items() if field != "folded"}
    told = [fact for made in rooms for fact in made if fact.stream == "space/s"]
    assert len(told) == (0 if private else 2)
    assert not any("folded" in fact.data for fact in told)  # nothing is claimed by it


def test_what_claims_no_name_folds_none() -> None:
    state = a_space()
    commands = (UpdateSpace("s", description="new"), UpdateSpace("s", name="Team", description="newer"))
    facts = [decided(space.decide(state, command, OPERATOR))[0] for command in commands]
    facts += decided(room.decide(a_room(state), state, UpdateRoom("r1", topic="new"), OPERATOR))
    facts += decided(room.decide(a_room(state), state, LockRoom("r1"), OPERATOR))
    facts += decided(room.decide(RoomState("d"), SpaceState(""), OpenDirectRoom(("ann", "bob")), OPERATOR))
    facts += decided(
        room.decide(RoomState("d"), SpaceState(""), MakeImportedDirectRoom(("ann", "bob")), OPERATOR)
    )
    assert [fact.type for fact in facts if "folded" in fact.data] == []

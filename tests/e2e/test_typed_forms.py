"""Normalised before it is stored and compared: what another keyboard types for the same is the same.

Passwords by OpaqueString (RFC 8265), names without the white space around them, reactions by Unicode's forms
(UAX 15, UTS 51).
"""

from __future__ import annotations

import unicodedata

import pytest

from .test_conversation import message
from .town import Town

COMPOSED = "ein Wörterbuch für Pinguine é"


@pytest.mark.parametrize(
    ("set_as", "typed_as"),
    [
        (COMPOSED, unicodedata.normalize("NFD", COMPOSED)),
        (unicodedata.normalize("NFD", COMPOSED), COMPOSED),
        (
            "각하의 우산 열두 개",
            unicodedata.normalize("NFD", "각하의 우산 열두 개"),
        ),  # Hangul, as macOS composes it
        ("seven still ponds", "seven\u00a0still\u3000ponds"),  # spaces of other keyboards
        ("\u212bngström in the attic", "\u00c5ngström in the attic"),  # the sign and the letter
    ],
)
def test_a_password_is_the_same_however_it_was_composed(town: Town, set_as: str, typed_as: str) -> None:
    who, stranger = town.account(), town.dial()
    town.operator.ask("account.set_password", account=who.id, password=set_as)
    assert stranger.ask("account.sign_in", name=who.name, password=typed_as)["account"]["id"] == who.id


@pytest.mark.parametrize(
    ("set_as", "typed_as"),
    [
        ("Seven still ponds", "seven still ponds"),  # case counts
        ("ｓｅｖｅｎ ponds at night", "seven ponds at night"),  # width too: the profile maps none
        ("seven ponds at night", "seven ponds at night "),
    ],
)
def test_what_is_another_password_stays_one(town: Town, set_as: str, typed_as: str) -> None:
    who, stranger = town.account(), town.dial()
    town.operator.ask("account.set_password", account=who.id, password=set_as)
    refusal = stranger.refusal("account.sign_in", name=who.name, password=typed_as)
    assert refusal["code"] == "unauthenticated"


@pytest.mark.parametrize("around", ["{} ", " {}", "\t{}\n", "\u00a0{}", "{}\u3000", "\u2003{} "])
def test_white_space_around_a_name_makes_no_other_name(town: Town, around: str) -> None:
    who, stranger = town.account(), town.dial()
    town.operator.ask("account.set_password", account=who.id, password=COMPOSED)
    signed_in = stranger.ask("account.sign_in", name=around.format(who.name), password=COMPOSED)
    assert signed_in["account"]["id"] == who.id


@pytest.mark.parametrize(
    ("added", "removed"),
    [
        ("❤", "❤\ufe0f"),
        ("❤\ufe0f", "❤"),
        ("1\u20e3", "1\ufe0f\u20e3"),
        ("é", "e\u0301"),
        ("☺", "☺\ufe0f"),
        ("🏳\u200d🌈", "🏳\ufe0f\u200d🌈"),
        ("👁\ufe0f\u200d🗨\ufe0f", "👁\u200d🗨"),
        ("각", unicodedata.normalize("NFD", "각")),
    ],
)
def test_one_picture_is_one_reaction(town: Town, added: str, removed: str) -> None:
    room = town.room()
    ada, bob = town.open(town.member(room)), town.open(town.member(room))
    seq = ada.post(room, "x")["seq"]
    ada.ask("reaction.add", room=room, seq=seq, emoji=added)
    bob.ask("reaction.add", room=room, seq=seq, emoji=removed)
    assert [reaction["count"] for reaction in message(ada, room, seq)["reactions"]] == [2]
    ada.ask("reaction.remove", room=room, seq=seq, emoji=removed)
    bob.ask("reaction.remove", room=room, seq=seq, emoji=added)
    assert message(ada, room, seq)["reactions"] == []


def test_another_tone_and_another_flag_are_other_reactions(town: Town) -> None:
    room = town.room()
    ada = town.open(town.member(room))
    seq = ada.post(room, "x")["seq"]
    for emoji in ("👍", "👍🏿", "🏳\ufe0f", "🏳\ufe0f\u200d🌈"):
        ada.ask("reaction.add", room=room, seq=seq, emoji=emoji)
    assert len(message(ada, room, seq)["reactions"]) == 4

"""What members did here to what was imported stays done when the same export, or a newer one, comes again."""

from __future__ import annotations

import time

import pytest

from .talking import Client
from .test_imports import LONG_AGO, Importing, history
from .town import Town

PICTURE = "https://pictures.example.org/leaf.png"
AHEAD = 2**52  # Unix milliseconds: by a clock that is wrong


@pytest.fixture
def importing(town: Town) -> Importing:
    return Importing(town)


def claimed(importing: Importing, key: str) -> Client:
    """A session of whoever claimed the placeholder."""
    town = importing.town
    return town.dial().open(
        town.operator.ask("account.token", account=importing.people[key])["token"], cursor=None
    )


def test_a_reaction_that_was_removed_here_does_not_come_back(importing: Importing, town: Town) -> None:
    ada, bob = importing.people["U1"], importing.people["U2"]
    thumbs = [{"by": ada, "emoji": "👍"}, {"by": bob, "emoji": "👍"}]
    importing.say(importing.message("1.1", reactions=thumbs))
    [message] = history(town, importing.room)
    claimed(importing, "U2").ask("reaction.remove", room=importing.room, seq=message["seq"], emoji="👍")
    assert Importing(town).say(importing.message("1.1", reactions=thumbs)) == {"unchanged": 1}
    later = [*thumbs, {"by": bob, "emoji": "🎉"}]
    assert Importing(town).say(importing.message("1.1", reactions=later)) == {"reactions": 1}
    [message] = history(town, importing.room)
    assert [(one["emoji"], one["accounts"]) for one in message["reactions"]] == [("👍", [ada]), ("🎉", [bob])]


def test_a_pin_that_was_removed_here_does_not_come_back(importing: Importing, town: Town) -> None:
    pinned = importing.message("1.1", pinned_by=importing.people["U2"])
    importing.say(pinned)
    [message] = history(town, importing.room)
    town.operator.ask("pin.remove", room=importing.room, seq=message["seq"])
    assert Importing(town).say(pinned) == {"unchanged": 1}
    assert not history(town, importing.room)[0]["pinned"]


def test_a_custom_emoji_that_was_removed_here_comes_back_only_when_all_was_taken_back(
    importing: Importing, town: Town
) -> None:
    owner = town.open(town.owner)
    owner.ask("emoji.add", space=town.space, name="leaf", image=PICTURE)  # none of the import's
    owner.ask("emoji.remove", space=town.space, name="leaf")
    assert importing.add("emoji", name="leaf", image=PICTURE) == {"made": True}
    owner.ask("emoji.remove", space=town.space, name="leaf")
    again = Importing(town)
    assert again.add("emoji", name="leaf", image=PICTURE) == {"made": False}
    assert Importing(town, "slack:T2").add("emoji", name="leaf", image=PICTURE) == {"made": True}
    for one in (importing, again):
        one.undo()
    owner.ask("emoji.remove", space=town.space, name="leaf")
    anew = Importing(town)
    assert anew.add("emoji", name="leaf", image=PICTURE) == {"made": True}
    anew.undo()  # which takes it away, and is nobody's wish
    assert Importing(town).add("emoji", name="leaf", image=PICTURE) == {"made": True}


def test_a_message_takes_no_more_reactions_when_they_come_again(importing: Importing, town: Town) -> None:
    bob = importing.people["U2"]
    many = [{"by": bob, "emoji": chr(0x1F600 + n)} for n in range(30)]
    assert importing.say(importing.message("1.1", reactions=many)) == {
        "added": 1,
        "reactions": 20,
        "dropped": 10,
    }
    again = Importing(town).say(importing.message("1.1", reactions=many[::-1]))
    assert again == {"unchanged": 1, "dropped": 10}
    assert len(history(town, importing.room)[0]["reactions"]) == 20


def test_who_was_deleted_here_is_in_no_direct_room_that_comes(importing: Importing, town: Town) -> None:
    ada, bob = importing.people["U1"], importing.people["U2"]
    assert town.operator.ask("account.erase", account=ada)["done"]
    direct = {"key": "D1", "name": "x", "kind": "direct", "members": [ada, bob]}
    [made] = importing.add("rooms", rooms=[direct])["rooms"]
    told = importing.say(importing.message("1.1"), importing.message("1.2", "hi", "U2"), room=made["room"])
    assert told == {"added": 2}
    [member] = town.operator.ask("room.members", room=made["room"])["members"]
    assert member["account"] == bob
    assert [one["text"] for one in history(town, made["room"], town.operator)] == [None, "hi"]
    town.assert_sound()


@pytest.mark.parametrize("known", [True, False])
def test_an_edit_from_the_future_comes_once(importing: Importing, town: Town, known: bool) -> None:
    """Else it would undo whatever its author changes here, with every run."""
    if known:
        importing.say(importing.message("1.1", "first"))
    importing.say(importing.message("1.1", "second", edited_at=AHEAD))
    [message] = history(town, importing.room)
    assert message["text"] == "second"
    assert LONG_AGO < message["edited_at"] <= time.time_ns() // 1_000_000
    claimed(importing, "U1").ask("message.edit", room=importing.room, seq=message["seq"], text="mine")
    again = Importing(town).say(importing.message("1.1", "second", edited_at=AHEAD))
    assert again == {"unchanged": 1}
    [mine] = history(town, importing.room)
    passed = importing.message("1.1", "second", edited_at=mine["edited_at"] + 1)  # as when that time has come
    assert Importing(town).say(passed) == {"unchanged": 1}
    assert history(town, importing.room)[0]["text"] == "mine"
    assert Importing(town).say({**passed, "text": "third"}) == {"edited": 1}

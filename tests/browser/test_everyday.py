"""A day with the client, on the smallest phone and at a desk, where names are as long as they may be."""

from __future__ import annotations

from typing import Any

import pytest

from .driving import Town, assert_calm, drive, serving

LONG = "Donaudampfschifffahrtsgesellschaftskapitänswitwenversicherungsangestelltenkasino"
assert len(LONG) == 80


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("chatd")
    with serving(folder) as server:
        town = Town(server)
        topic = f"{LONG}: see https://example.org/{'a' * 80}"
        rooms = {"long": town.room(LONG, topic=topic), "other": town.room("Quay")}
        ann = town.member(*rooms.values(), name="ann")
        bob = town.moderator(*rooms.values())
        town.member(rooms["other"])
        mast = town.room("Mast")
        hers = town.open(ann)
        hers.ask("account.update", display_name=LONG)
        hers.post(rooms["long"], f"{LONG} #{LONG} @{bob.name}")
        hers.post(rooms["long"], "```\n" + LONG * 4 + "\nline" * 40 + "\n```")
        his = town.open(bob)
        for number in range(70):
            his.post(rooms["other"], f"before anybody else came {number}")
        eve = town.member(rooms["other"], mast, name="eve")
        hers.ask("room.join", room=mast)
        for number in range(3):
            hers.post(mast, f"{number}" + "\n\nof many lines" * 40)
        visit = town.open(eve)
        visit.ask("account.update", display_name="عمر الخيام")
        visit.close()
        first = his.post(rooms["other"], "welcome, eve")["seq"]
        saw = drive(
            "everyday",
            server,
            folder,
            ann=ann,
            bob=bob,
            eve=eve,
            rooms=rooms,
            quay=LONG,
            mast=mast,
            space=town.space,
            code=town.code,
        )
        town.close()
    return saw | {"first": first}


def test_nothing_is_pushed_out_of_the_window_by_a_name(seen: Any) -> None:
    assert {name: found for name, found in seen["wide"].items() if found} == {}


def test_back_closes_what_covers_the_room_and_leads_to_it_again(seen: Any) -> None:
    assert seen["back"] == {"stays": True, "shows": True, "leadsToTheList": True}


def test_whoever_goes_back_leaves_what_asks_them_something(seen: Any) -> None:
    assert seen["leftOpen"] == 0


def test_whoever_is_in_one_tab_or_comes_back_to_it_is_there(seen: Any) -> None:
    """A session that is back within seconds is as it was; a tab that never said `online` did not count."""
    assert seen["hereInOne"]


def test_emoji_have_their_colours_and_signs_of_text_have_none(seen: Any) -> None:
    """Debian's font of text has the smileys in black."""
    assert seen["inColour"] == {"wrong": [], "text": False}


def test_members_of_all_pages_are_counted_and_found_by_name(seen: Any) -> None:
    """A panel named the 500 of its first page as all, and said of the others that nobody has such a name."""
    assert seen["heading"] == "People · 5"
    assert seen["foundIn"] == {".panel": 1, "main": 1}


def test_what_a_search_finds_is_counted_as_far_as_it_is_known(seen: Any) -> None:
    """The first page was said to be all."""
    assert seen["foundInPages"] == "At least 50 messages"


def test_a_name_that_runs_from_right_to_left_stands_where_the_others_do(seen: Any) -> None:
    assert len(seen["indents"]) == 5
    assert len(set(seen["indents"])) == 1


def test_nobody_is_banned_by_one_press(seen: Any) -> None:
    assert seen["asks"].startswith(LONG)


def test_the_line_stands_above_what_came_after_one_joined(seen: Any) -> None:
    """With no marker yet it stood above all that was ever written there, and so was the reader."""
    assert seen["newcomer"] == {"next": seen["first"], "below": 0}


def test_a_room_of_few_messages_that_are_higher_than_the_window_opens_at_the_first(seen: Any) -> None:
    """By the guessed heights all of them fitted into it, so the reader was put at the end of the last."""
    assert seen["lineInSight"]


def test_the_name_of_an_emoji_becomes_the_emoji_unless_it_is_code(seen: Any) -> None:
    assert seen["typed"] == "well done 🎉 `:tada:` 12:30:"


def test_a_refusal_stands_at_the_field_that_it_is_about(seen: Any) -> None:
    assert seen["blamed"] == ["name"]


def test_a_refusal_that_is_about_no_field_blames_none(seen: Any) -> None:
    """A name that was taken stood at the password, which screen readers called wrong."""
    assert seen["blamedForNothing"] == 0


def test_on_paper_there_is_the_conversation_alone_and_all_of_it(seen: Any) -> None:
    """In black, also where the screen is dark."""
    assert seen["paper"] == {"list": "none", "flows": "visible", "ink": "rgb(0, 0, 0)", "cut": False}


def test_signs_have_the_shape_that_they_are_given(seen: Any) -> None:
    assert seen["round"]


def test_it_runs_under_its_policy(seen: Any) -> None:
    assert_calm(seen)

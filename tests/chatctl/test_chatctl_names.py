"""Names or ids, everywhere; where two fit, nobody guesses."""

from __future__ import annotations


def test_an_ambiguous_room_lists_its_candidates(chatctl, town):
    other = chatctl.json("space", "create", "elsewhere", "--owner", town.account["name"])
    twin = chatctl.json("room", "create", town.room["name"], "--space", other["id"])
    line = chatctl.refused("room", "show", town.room["name"])
    assert f"elsewhere/{twin['name']} ({twin['id']})" in line
    assert town.room["id"] in line
    assert chatctl.json("room", "show", f"elsewhere/{twin['name']}")["id"] == twin["id"]
    assert chatctl.json("room", "show", twin["name"], "--space", "elsewhere")["id"] == twin["id"]


def test_no_two_spaces_have_one_name(chatctl, town):
    line = chatctl.refused("space", "create", town.space["name"].upper(), "--owner", town.account["id"])
    assert "there is a space of this name" in line


def test_an_id_wins_over_a_name(chatctl, town):
    chatctl("room", "create", town.room["id"], "--space", town.space["id"])
    assert chatctl.json("room", "show", town.room["id"])["name"] == town.room["name"]


def test_what_is_not_there_is_said_with_where_to_look(chatctl):
    assert "`chatctl account list`" in chatctl.refused("account", "show", "nobody")
    assert "`chatctl space list`" in chatctl.refused("space", "show", "nothing")
    assert "`chatctl room list`" in chatctl.refused("room", "show", "nowhere/at-all")
    assert "room/ROOM" in chatctl.refused("event", "tail", "--no-follow", "--stream", "nonsense")

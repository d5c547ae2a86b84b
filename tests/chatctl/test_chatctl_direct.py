"""Direct rooms and block lists at the command line, and what operators do about direct rooms."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest

from chatctl.connection import Connection
from chatd.contract.message import ReportMessage
from chatd.contract.spec import Done


@pytest.fixture
def pair(chatctl, town):
    """The town's owner and somebody in its space, and the direct room that the owner wrote in."""
    name = f"rude-{town.account['name']}"
    account = chatctl.json("account", "create", name, "--no-password")
    other = chatctl.as_account(account["id"])
    other("invite", "accept", chatctl("invite", "create", "--space", town.space["id"]).strip())
    room = other("direct", "open", town.account["name"]).strip()
    seq = other.json("message", "post", room, "you fool")["seq"]
    return SimpleNamespace(name=name, id=account["id"], other=other, ada=town.ada, room=room, seq=seq)


def rooms(ctl):
    return {room["id"]: room["request"] for room in ctl.json("direct", "list")}


def test_a_request_is_listed_accepted_declined_and_left(pair):
    assert rooms(pair.ada) == {pair.room: True}
    assert pair.name in pair.ada("direct", "list")
    pair.ada("direct", "accept", pair.room)
    assert rooms(pair.ada) == {pair.room: False}
    assert "leave it" in pair.ada.refused("direct", "decline", pair.room)
    pair.ada("direct", "leave", pair.room)
    assert rooms(pair.ada) == {}
    pair.other("message", "post", pair.room, "and again")
    pair.ada("direct", "decline", pair.room)
    assert rooms(pair.ada) == {}


def test_a_block_is_added_listed_and_removed(pair):
    assert pair.ada.json("block", "add", pair.name) == {"account": pair.id}
    assert [block["account"] for block in pair.ada.json("block", "list")] == [pair.id]
    assert pair.name in pair.ada("block", "list")
    assert rooms(pair.ada) == {}
    assert "no longer blocked" in pair.ada("block", "remove", pair.id)
    assert pair.ada.json("block", "list") == []
    assert "by the id" in pair.ada.refused("block", "add", "nobody-here")


def test_an_operator_has_neither_direct_rooms_nor_a_block_list(chatctl):
    for words in (("direct", "list"), ("direct", "leave", "r"), ("block", "list"), ("block", "add", "x")):
        result = chatctl.run(*words)
        assert result.exit_code == 2
        assert "--url" in result.stderr


def test_a_report_from_a_direct_room_is_read_and_the_room_deleted_by_an_operator(chatctl, pair):
    Connection(None, pair.ada.url, pair.ada.token, json=False).ask(
        ReportMessage(pair.room, pair.seq, "rude"), Done
    )
    (report,) = [one for one in chatctl.json("report", "list") if one["room"] == pair.room]
    assert report["space"] is None
    assert "rude" in chatctl("report", "list")
    shown = chatctl.json("report", "show", report["id"])
    assert [message["text"] for message in shown["messages"]] == ["you fool"]
    assert "you fool" in chatctl("report", "show", report["id"])
    assert "operators and admins" in pair.ada.refused("report", "list")
    assert f"{pair.room} is deleted" in chatctl("room", "delete", pair.room, "--yes", "--reason", "rude")
    assert rooms(pair.ada) == rooms(pair.other) == {}
    (entry,) = chatctl.json("audit", "list", "--type", "room.deleted", "--limit", "1")
    assert (entry["stream"], entry["by"]) == (f"room/{pair.room}", f"operator:{os.getuid()}")
    assert entry["data"] == {"reason": "rude"}
    assert "operators and admins" in pair.ada.refused("audit", "list")

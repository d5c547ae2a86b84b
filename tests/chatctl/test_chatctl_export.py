"""Exports of rooms and spaces into files that say how far they have come, and go on after a cut."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chatctl.exports.lines import open_lines
from chatctl.failure import Failed


@pytest.fixture
def said(town):
    """Some messages, one of them deleted."""
    for number in range(6):
        town.ada("message", "post", town.room["id"], f"message ☕ {number}")
    gone = town.ada.json("message", "post", town.room["id"], "a secret")
    town.ada("message", "delete", town.room["id"], str(gone["seq"]))
    return town


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def items(found):
    return [line for line in found if line["kind"] not in ("export", "page", "end")]


def test_a_room_is_exported_to_a_file_that_ends_with_its_end(chatctl, said, tmp_path):
    file = tmp_path / "room.jsonl"
    told = chatctl.json("room", "export", said.room["id"], str(file))
    found = lines(file)
    assert (found[0]["kind"], found[0]["data"]["format"]) == ("export", 1)
    assert found[0]["data"]["room"] == said.room["id"]
    assert found[-1] == {"kind": "end", "data": {"items": len(items(found))}}
    assert told == {"file": str(file), "items": len(items(found))}
    texts = [line["data"]["text"] for line in found if line["kind"] == "message"]
    assert texts == [*(f"message ☕ {number}" for number in range(6)), None]
    assert "secret" not in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600


def test_an_admin_exports_a_space_to_standard_output(said):
    found = [json.loads(line) for line in said.ada("space", "export", said.space["name"]).splitlines()]
    assert (found[0]["data"]["space"], found[-1]["kind"]) == (said.space["id"], "end")
    assert {line["kind"] for line in items(found)} >= {"space", "member", "room", "message"}


ENDS = "Kaffee\u2028und\u2029Tee\x85heute"  # what some readers take for the end of a line


@pytest.mark.parametrize("where", ["file", "output", "account", "tail"])
def test_no_line_of_json_holds_what_some_readers_take_for_its_end(chatctl, town, tmp_path, where):
    room, file = town.room["id"], tmp_path / "lines.jsonl"
    town.ada("message", "post", room, ENDS)
    match where:
        case "file":
            town.ada("room", "export", room, str(file))
            written = file.read_text()
        case "output":
            written = town.ada("room", "export", room)
        case "account":
            chatctl("account", "export", town.account["name"], str(file))
            written = file.read_text()
        case "tail":
            written = town.ada("--json", "message", "list", room)
    assert written.splitlines() == written.removesuffix("\n").split("\n")
    assert ENDS in json.dumps([json.loads(line) for line in written.splitlines()], ensure_ascii=False)


@pytest.mark.parametrize("cut", [1, 5, 40, 0.3, 0.6, 0.9, -1, -2])
def test_an_export_that_was_cut_off_goes_on(chatctl, said, tmp_path, monkeypatch, cut):
    monkeypatch.setattr("chatctl.exports.asking.PAGE", 3)
    file = tmp_path / "room.jsonl"
    chatctl("room", "export", said.room["id"], str(file))
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * cut) if isinstance(cut, float) else cut])
    if cut == 1 or b"\n" not in file.read_bytes():
        assert "is no export" in chatctl.refused("room", "export", said.room["id"], str(file))
        return
    told = chatctl.json("room", "export", said.room["id"], str(file))
    found = lines(file)
    assert items(found) == items([json.loads(line) for line in whole.splitlines()])
    assert found[-1] == {"kind": "end", "data": {"items": told["items"]}}


def test_other_files_are_left_alone(chatctl, said, tmp_path):
    file = tmp_path / "room.jsonl"
    chatctl("room", "export", said.room["id"], str(file))
    whole = file.read_bytes()
    assert "whole export already" in chatctl.refused("room", "export", said.room["id"], str(file))
    assert "no export of this" in chatctl.refused("space", "export", said.space["id"], str(file))
    assert file.read_bytes() == whole
    (tmp_path / "diary").write_text("dear diary\n")
    assert "no export" in chatctl.refused("room", "export", said.room["id"], str(tmp_path / "diary"))
    assert (tmp_path / "diary").read_text() == "dear diary\n"
    assert "cannot be written" in chatctl.refused("room", "export", said.room["id"], "/nowhere/at/all")
    there = sorted(tmp_path.iterdir())
    for options in ((), ("--files",), ("--format", "slack")):
        assert "no room" in chatctl.refused("room", "export", "nowhere", str(tmp_path / "nothing"), *options)
    assert sorted(tmp_path.iterdir()) == there


@pytest.mark.parametrize("size", [1, 1_000_000], ids=["when it is closed", "and again when it is closed"])
def test_a_disk_that_is_full_is_said_of_the_file_with_what_to_do(size: int) -> None:
    """What a buffer still holds is written at the end, whatever has failed before."""
    full = "/dev/full cannot be written: No space left on device; run this again to go on"
    with pytest.raises(Failed, match=full), open_lines(Path("/dev/full")) as out:
        out.write("x" * size)

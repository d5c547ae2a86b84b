"""Exports with the bytes of files, and the page that describes them."""

from __future__ import annotations

import errno
import json
import re
from pathlib import Path
from typing import get_args

import pytest
from export_scene import scene_in

from chatctl.exports.files import name_on_disk
from chatctl.exports.folder import entered
from chatctl.exports.lines import FRAME, open_lines
from chatctl.exports.room_names import channel_name
from chatd.contract.export import PlaceItemKind

PAGE = Path(__file__).parents[2] / "docs" / "exports.md"


@pytest.fixture
def scene(chatctl, town, tmp_path):
    return scene_in(chatctl, town, tmp_path)


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def items(found):
    return [line for line in found if line["kind"] not in FRAME]


def contents(folder):
    return {file.name: file.read_bytes().decode(errors="replace") for file in (folder / "files").iterdir()}


def test_a_folder_has_the_bytes_of_all_files_and_goes_on_where_it_was_cut(chatctl, scene, tmp_path):
    plan, odd, _ = scene.files
    folder = tmp_path / "room"
    told = chatctl.json("room", "export", scene.room, str(folder), "--files")
    whole = {f"{plan}-plan.txt": "bytes 0", f"{odd}-odd_ name_.txt": "bytes 1"}
    assert contents(folder) == whole
    count = len(items(lines(folder / "export.jsonl")))
    assert told == {"folder": str(folder), "items": count, "files": 2, "missing_files": 0}
    assert "whole export already" in chatctl.refused("room", "export", scene.room, str(folder), "--files")
    (folder / "files" / f"{plan}-plan.txt").write_text("byt")
    (folder / "files" / f"{odd}-odd_ name_.txt").unlink()
    chatctl("room", "export", scene.room, str(folder), "--files")
    assert contents(folder) == whole
    assert {path.stat().st_mode & 0o777 for path in (folder, folder / "files")} == {0o700}
    assert "is a folder" in chatctl.refused("room", "export", scene.room, str(folder))
    assert "cannot be written" in chatctl.refused("room", "export", scene.room, "/nowhere/at/all", "--files")


def test_one_export_at_a_time_writes_to_a_folder_and_only_to_its_own(chatctl, scene, tmp_path):
    folder, other = tmp_path / "room", tmp_path / "other"
    other.mkdir()
    (other / "index.html").write_text("mine")
    export = ("room", "export", scene.room)
    assert "holds something else" in chatctl.refused(*export, str(other), "--files")
    assert [path.name for path in other.iterdir()] == ["index.html"]
    with entered(folder):
        assert "by another export" in chatctl.refused(*export, str(folder), "--files")
    with open_lines(tmp_path / "lines"):
        assert "by another export" in chatctl.refused(*export, str(tmp_path / "lines"))
    with entered(tmp_path / "pages.part"):
        assert "by another export" in chatctl.refused(*export, str(tmp_path / "pages"), "--format", "html")
    chatctl(*export, str(folder), "--files")


def test_an_admin_exports_a_space_with_files_over_the_network(scene, tmp_path):
    scene.ada("space", "export", scene.space["id"], str(tmp_path / "space"), "--files")
    emoji, *texts = sorted(contents(tmp_path / "space").values())
    assert (emoji[:3], texts) == ("GIF", ["bytes 0", "bytes 1"])


def test_files_that_are_deleted_meanwhile_are_counted(chatctl, scene, tmp_path):
    folder = tmp_path / "room"
    folder.mkdir()
    chatctl("room", "export", scene.room, str(folder / "export.jsonl"))
    scene.ada("file", "delete", scene.files[0], "--yes")
    said = chatctl("room", "export", scene.room, str(folder), "--files")
    assert "and 1 file;" in said
    assert "not there any more" in said
    assert list(contents(folder).values()) == ["bytes 1"]


def test_a_download_that_breaks_leaves_nothing_and_is_made_again(chatctl, scene, tmp_path, monkeypatch):
    def breaking(place, path, write):
        write(b"byt")
        raise OSError(errno.ENOSPC, "No space left on device")

    folder = tmp_path / "room"
    with monkeypatch.context() as patched:
        patched.setattr("chatctl.exports.files.download", breaking)
        said = chatctl.refused("room", "export", scene.room, str(folder), "--files")
    assert "No space left on device; run this again to go on" in said
    assert contents(folder) == {}
    (folder / "files" / f".{scene.files[0]}-plan.txt").write_text("byt")  # as after a kill
    chatctl("room", "export", scene.room, str(folder), "--files")
    assert sorted(contents(folder).values()) == ["bytes 0", "bytes 1"]


def test_names_on_the_disk_are_short_and_safe():
    id_ = "0" * 26
    assert name_on_disk(id_, "a/b\\c\x00.txt") == f"{id_}-a_b_c_.txt"
    assert name_on_disk(id_, " .. ") == f"{id_}-file"
    long = name_on_disk(id_, "☕" * 200 + ".jpeg")
    assert len(long.encode()) <= 200
    assert long.endswith("☕.jpeg")


def test_an_operator_exports_everything(chatctl, scene, tmp_path):
    folder = tmp_path / "all"
    assert "only an operator" in scene.ada.run("server", "export", str(folder)).output
    told = chatctl.json("server", "export", str(folder))
    space = lines(folder / f"space-{scene.space['id']}.jsonl")
    assert {line["data"]["room"] for line in space if line["kind"] == "message"} == {scene.room}
    [message] = [line for line in lines(folder / f"direct-{scene.direct}.jsonl") if line["kind"] == "message"]
    assert message["data"]["text"] == "between us"
    whole = sum(len(items(lines(file))) for file in folder.glob("*.jsonl"))
    assert told["items"] == whole
    assert {"bytes 0", "bytes 1"} <= set(contents(folder).values())
    assert chatctl.json("server", "export", str(folder))["items"] == whole


def test_the_page_about_exports_has_every_kind_and_field(chatctl, scene, tmp_path):
    chatctl("server", "export", str(tmp_path / "all"))
    found: dict[str, set[str]] = {}
    for file in (tmp_path / "all").glob("*.jsonl"):
        for line in lines(file):
            found.setdefault(line["kind"], set()).update(line["data"])
    found.setdefault("page", {"next"})
    found["author"] = found["member"] - {"space", "role", "joined_at", "left_at"}  # there is none
    rows = re.findall(
        r"^\| `([a-z]+)` \| (.*) \|$", PAGE.read_text().partition("## The lines")[2], re.MULTILINE
    )
    shown = {kind: set(re.findall(r"`([a-z_]+)`", re.sub(r"\([^)]*\)", "", text))) for kind, text in rows}
    assert shown == found
    assert set(shown) == {*get_args(PlaceItemKind), *FRAME}


def test_names_of_rooms_are_names_of_files_everywhere():
    taken = set()
    names = [channel_name(name, taken) for name in ("CON", "a/b", "a b", "🎉", "\U00020000" * 80, "../etc")]
    assert names[:4] == ["room-con", "a-b", "a-b-2", "room"]
    assert len(names[4].encode()) == 200
    assert names[5] == "etc"

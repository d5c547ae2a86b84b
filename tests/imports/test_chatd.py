"""Exports of chatd are read as what they were made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from imports.memory import at_most
from imports.reading import everything, folder, zipped

from chatctl.imports.chatd.export import ChatdExport
from chatctl.imports.export import Options, Unreadable
from chatctl.imports.fit import account_name
from chatctl.imports.formats import recognise
from chatctl.imports.records import File, Reaction, Version, mentioned

HOUR = 3_600_000
BEGAN = 1_700_000_000_000


def line(kind: str, /, **data: Any) -> str:
    return json.dumps({"kind": kind, "data": data}) + "\n"


def message(seq: int, text: str | None, by: str = "ANN", **more: Any) -> str:
    return line("message", room="R1", seq=seq, at=BEGAN + seq, by=by, text=text, deleted=text is None, **more)


HEAD = line("export", format=1, space="S1", position=9)
PEOPLE = (
    line("member", space="S1", account="ANN", name="ann", display_name="Ann A.", bot=False, left_at=None)
    + line("member", space="S1", account="BOT", name="bot", display_name="", bot=True, left_at=None)
    + line("emoji", space="S1", name="parrot", image="F2")
    + line("emoji", space="S1", name="far", image="https://emoji.example/far.gif")
)
ROOM = (
    line("room", room="R1", space="S1", name="ovens", kind="text", private=False, topic="hot", archived=True)
    + line("member", room="R1", account="ANN", name="ann", left_at=None)
    + line("member", room="R1", account="BOB", name="bob", left_at=BEGAN)
)
FILE = {"id": "F1", "name": "plan.txt", "type": "text/plain", "size": 5}
MESSAGES = (
    message(3, "**first**")
    + message(4, "three, @Ann.", original="one", edited_at=BEGAN + 2 * HOUR)
    + message(5, "a reply", "BOB", reply_to=3, thread=3)
    + message(6, None)
    + message(8, "see", attachments=["F1", "F9"], files=[FILE])
)
REST = (
    line("edit", room="R1", seq=4, at=BEGAN + HOUR, by="ANN", text="two")
    + line("edit", room="R1", seq=4, at=BEGAN + 2 * HOUR, by="ANN", text="three, @Ann.")
    + line("reaction", room="R1", seq=3, emoji="👍", account="BOB", at=BEGAN)
    + line("pin", room="R1", seq=3, by="BOB", at=BEGAN)
    + line("pin", room="R1", seq=4, by="operator:0", at=BEGAN)
)
DIRECT = (
    line("export", format=1, room="D1", position=9)
    + line("room", room="D1", space=None, name="", kind="direct", private=True, people=["ANN", "BOB"])
    + line("member", room="D1", account="ANN", name="ann", left_at=None)
    + line("message", room="D1", seq=2, at=BEGAN, by="ANN", text="between us")
    + line("end", items=3)
)
WHOLE = HEAD + PEOPLE + ROOM + MESSAGES + line("page", next="x") + REST + line("end", items=17)
FILES = {"export.jsonl": WHOLE, "files/F1-plan.txt": "bytes", "files/F2-parrot.gif": "GIF"}


def test_an_export_is_read_as_what_it_was_made_of(tmp_path: Path) -> None:
    path = folder(tmp_path, FILES)
    assert recognise(path) is ChatdExport
    found = everything(ChatdExport, path)
    [room] = found.rooms
    assert (room.key, room.name, room.kind, room.topic, room.archived) == (
        "R1",
        "ovens",
        "public",
        "hot",
        True,
    )
    assert room.members == ("ANN",)
    assert {key: (one.name, one.display_name, one.bot) for key, one in found.people.items()} == {
        "ANN": ("ann", "Ann A.", False),
        "BOB": ("bob", "", False),
        "BOT": ("bot", "", True),
    }
    first, edited, reply, deleted, files = found.messages
    assert (first.at, first.author, first.text, first.pinned_by) == (BEGAN + 3, "ANN", "**first**", "BOB")
    assert first.reactions == (Reaction("BOB", "👍"),)
    assert edited.versions == (Version("one", BEGAN + 4), Version("two", BEGAN + HOUR))
    assert (edited.edited_at, edited.pinned_by) == (BEGAN + 2 * HOUR, "ANN")
    assert found.texts()[1] == "three, @ann."
    assert (reply.thread, reply.reply_to) == ("3", "3")
    assert (deleted.deleted, deleted.text) == (True, "")
    plan, gone = files.files
    assert plan == File("F1", "plan.txt", "text/plain", 5, "files/F1-plan.txt")
    assert gone.missing == "it was deleted"
    assert found.problems == {}
    with ChatdExport.read(path, Options()) as export:
        with export.open("files/F1-plan.txt") as source:
            assert source.read() == b"bytes"
        assert [one.name for one in export.emoji()] == ["parrot"]
        assert list(export.problems.by_kind) == ["missing file"]


def test_a_zip_and_a_single_file_with_its_files_beside_are_read_alike(tmp_path: Path) -> None:
    packed = zipped(tmp_path / "all.zip", {f"bakery/{name}": text for name, text in FILES.items()})
    lines = folder(tmp_path / "loose", FILES) / "export.jsonl"
    for path in (packed, lines):
        assert recognise(path) is ChatdExport
        with ChatdExport.read(path, Options()) as export:
            [plan] = [file for one in export.messages("R1") for file in one.files if file.path]
            assert plan.path is not None
            with export.open(plan.path) as source:
                assert source.read() == b"bytes"


def test_everything_of_a_server_is_one_export(tmp_path: Path) -> None:
    path = folder(tmp_path, {"space-S1.jsonl": WHOLE, "direct-D1.jsonl": DIRECT})
    found = everything(ChatdExport, path)
    assert {room.key: (room.kind, room.name, room.members) for room in found.rooms} == {
        "D1": ("direct", "ann, bob", ("ANN", "BOB")),
        "R1": ("public", "ovens", ("ANN",)),
    }
    assert [one.text for one in found.by_room["D1"]] == ["between us"]
    assert found.problems == {"missing file": 1}  # this export has no bytes


def test_rooms_of_several_spaces_are_called_by_their_space_too(tmp_path: Path) -> None:
    files = {
        f"space-{space}.jsonl": line("export", format=1, space=space, position=9)
        + line("space", space=space, name=name)
        + line("room", room=f"R{space}", space=space, name="general", kind="text", private=False)
        + line("end", items=2)
        for space, name in (("S1", "Bakery"), ("S2", "Mill"))
    }
    found = everything(ChatdExport, folder(tmp_path, files))
    assert [room.name for room in found.rooms] == ["Bakery: general", "Mill: general"]


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
def test_what_stands_before_a_cut_is_read(tmp_path: Path, cut: float) -> None:
    path = folder(tmp_path, {"export.jsonl": WHOLE[: int(len(WHOLE) * cut)]})
    found = everything(ChatdExport, path)
    assert len(found.messages) <= 5
    assert found.problems["unreadable"] >= 1


def test_bad_lines_are_problems_and_the_rest_is_read(tmp_path: Path) -> None:
    bad = (
        "not json\n"
        + line("message", room="R1", seq="x", at=BEGAN, by="ANN", text="no number")
        + line("message", room="R1", seq=-4, at=BEGAN, by="ANN", text="below zero")
        + line("message", room="R1", seq=2**60, at=BEGAN, by="ANN", text="too far")
        + line("message", room="R1", seq=11, at=10**17, by="ANN", text="never")
        + message(3, "again")
        + message(12, "a \x0eANN\x0f mark", attachments="F1", files=[{"name": 3}])
        + line("reaction", room="R1", seq=99, emoji="👍", account="BOB")
        + line("weather", sun=True)
        + '{"kind": "message", "data": '
        + "[" * 5000
        + "\n"
    )
    path = folder(
        tmp_path, {"export.jsonl": HEAD + PEOPLE + ROOM + MESSAGES + bad + REST + line("end", items=1)}
    )
    found = everything(ChatdExport, path)
    assert [one.key for one in found.messages] == ["3", "4", "5", "6", "8", "12"]
    assert found.messages[-1].text == "a ANN mark"
    assert found.problems["unknown kind"] == 1
    assert found.problems["same key"] == 1
    assert found.problems["no time"] == 1
    assert found.problems["unreadable"] >= 5


def test_other_lines_are_no_export(tmp_path: Path) -> None:
    (tmp_path / "diary.jsonl").write_text('{"dear": "diary"}\n')
    with pytest.raises(Unreadable):
        recognise(tmp_path)
    with pytest.raises(Unreadable, match="is it one of chatd"):
        ChatdExport.read(tmp_path, Options())


def test_memory_stays_bounded(tmp_path: Path) -> None:
    with (tmp_path / "export.jsonl").open("w") as out:
        out.write(HEAD + ROOM)
        for seq in range(2, 20_002):
            out.write(message(seq, "x" * 500))
        out.write(line("end", items=20_000))
    with at_most(12), ChatdExport.read(tmp_path / "export.jsonl", Options()) as export:
        assert sum(1 for _ in export.messages("R1")) == 20_000


def test_who_wrote_and_was_never_a_member_has_a_name_and_no_room(tmp_path: Path) -> None:
    author = line("author", room="R1", account="BOT9", name="weather", display_name="Weather", bot=True)
    lines = HEAD + PEOPLE + ROOM + author + message(3, "rain, @weather", "BOT9") + line("end", items=1)
    with ChatdExport.read(folder(tmp_path, {"export.jsonl": lines}), Options()) as export:
        assert "BOT9" not in {person.key for person in export.people()}
        who = export.person("BOT9")
        assert (who.name, who.display_name, who.bot) == ("weather", "Weather", True)
        [room] = export.rooms()
        assert room.members == ("ANN",)
        [said] = export.messages("R1")
        assert mentioned(said.text) == ["BOT9"]
    assert not export.problems.by_kind


def test_the_mark_that_editors_put_before_a_text_is_none_of_it(tmp_path: Path) -> None:
    for whole in (WHOLE, HEAD.rstrip()):
        path = folder(tmp_path, {"export.jsonl": f"\ufeff{whole}"})
        assert recognise(path) is ChatdExport
        with ChatdExport.read(path, Options()) as export:
            places = [place for found in export.problems.by_kind.values() for place in found.places]
            assert [place for place in places if "line 1" in place] == []


def test_nobody_asks_for_a_name_that_looks_like_an_id() -> None:
    key = "01M8KN9PQGN7EN7DHEVN1QN5EX"
    assert account_name(key, key, key).startswith("person-")
    assert account_name(key, "Ann", key) == "Ann"


def test_who_is_called_by_a_name_with_marks_keeps_it() -> None:
    assert account_name("สมชาย_ใจดี", "Somchai", "U1") == "สมชาย-ใจดี"
    assert account_name("\u0905\u093eशा", "Asha", "U1") == "Asha"

"""`chatctl import undo`: what it takes away, and what it says that it leaves."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from files.pictures_drawn import drawn, saved
from imports.packing import packed
from imports.test_mattermost import bulk, post


def mattermost(path: Path, reaction: str) -> Path:
    lines = [
        ("emoji", {"name": "tick", "image": "emoji/tick.png"}),
        ("emoji", {"name": "tock", "image": "emoji/tock.png"}),
        post(1_600_000_000_000, "hello :tick:", reactions=[{"user": "ben", "emoji_name": reaction}]),
    ]
    picture = saved(drawn(), "PNG")
    pictures = {f"data/emoji/{name}.png": picture for name in ("tick", "tock")}
    return packed(path, {"import.jsonl": bulk(*lines), **pictures})


def test_what_people_have_used_is_left_and_told(chatctl: Any, town: SimpleNamespace, tmp_path: Path) -> None:
    space, room = town.space["id"], town.room["id"]
    export = mattermost(tmp_path / "export.zip", "tick")
    people = tmp_path / "people.csv"
    ann, ben = (chatctl.json("account", "create", f"undo-{name}", "--no-password") for name in ("ann", "ben"))
    people.write_text("".join(("key,account\n", f"ann,{ann['name']}\n", f"ben,{ben['name']}\n")))
    into = ("--room", f"Town Square={room}", "--people", str(people))
    words = ("import", "run", str(export), "--space", space, *into)
    assert "1 message added, 0 there already; 1 reaction" in chatctl(*words)
    chatctl.as_account(ann["name"])("message", "post", room, "I :tock: too")
    [listed] = [one for one in chatctl.json("import", "list", "--space", space) if not one["undone_at"]]
    assert chatctl("import", "undo", listed["id"], "--yes").splitlines() == [
        "the import is taken back: 1 message erased",
        "left, since people have used them: 2 memberships, 1 custom emoji",
    ]
    [emoji] = chatctl.json("space", "emoji", space)
    assert emoji["name"] == "tock"
    chatctl("file", "download", emoji["image"], str(tmp_path / "tock.png"))
    for words in (("space", "members", space), ("room", "members", room)):
        members = {row["account"] for row in chatctl.json(*words)}
        assert (ann["id"] in members, ben["id"] in members) == (True, False)
    chatctl("space", "remove-emoji", space, "tock")


def test_the_picture_of_an_emoji_that_stays_outlives_the_placeholders(
    chatctl: Any, town: SimpleNamespace, tmp_path: Path
) -> None:
    space, room = town.space["id"], town.room["id"]
    chatctl("import", "run", str(mattermost(tmp_path / "export.zip", "tick")), "--space", space)
    chatctl.as_account(town.account["name"])("message", "post", room, "I :tock: too")
    [listed] = [one for one in chatctl.json("import", "list", "--space", space) if not one["undone_at"]]
    assert chatctl.json("import", "undo", listed["id"], "--yes") == {
        "import": listed["id"],
        "erased": 1,
        "left": {"rooms": 0, "people": 0, "members": 0, "emoji": 1},
        "stays_with": None,
    }
    [emoji] = chatctl.json("space", "emoji", space)
    assert emoji["name"] == "tock"
    chatctl("file", "download", emoji["image"], str(tmp_path / "tock.png"))
    assert (tmp_path / "tock.png").stat().st_size > 0

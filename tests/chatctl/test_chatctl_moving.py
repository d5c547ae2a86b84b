"""What one chatd exports, another one takes: the history is the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from export_scene import Scene, ask, scene_in
from imports.reading import folder
from imports.small_exports import JSON, TEXT
from imports.test_broken_exports import written

from chatd.contract.message import DeleteMessage, EditMessage
from chatd.contract.room import UpdateRoom


def history(folder: Path) -> dict[str, list[Any]]:
    """What an export says, with names in the place of what only its server understands. Only people are
    mentioned by what is imported."""
    found: list[tuple[str, dict[str, Any]]] = []
    for file in sorted(folder.glob("*.jsonl")):
        found += [(one["kind"], one["data"]) for one in map(json.loads, file.read_text().splitlines())]
    accounts = {data["account"]: data["name"] for kind, data in found if kind in ("member", "author")}
    rooms = {data["room"]: data["name"] for kind, data in found if kind == "room"}
    numbers: dict[tuple[str, int], int] = {}
    for kind, data in found:
        if kind == "message":
            numbers[data["room"], data["seq"]] = len(numbers)
    bytes_of = {file.name[:26]: file.read_bytes() for file in (folder / "files").iterdir()}

    def named(data: dict[str, Any], name: str) -> Any:
        value = data.get(name)
        match name:
            case "by" | "account":
                return accounts[value]
            case "room":
                return rooms[value]
            case "seq" | "reply_to" | "thread":
                return None if value is None else numbers[data["room"], value]
            case "files":
                return [(one["name"], one["type"], one["size"], bytes_of[one["id"]]) for one in value]
            case "mentions":
                return sorted(accounts[one] for one in value if one not in ("here", "room"))
            case "people":
                return value and sorted(accounts[one] for one in value)
        return value

    kept = {
        "room": ("room", "kind", "private", "topic", "archived", "people"),
        "message": (
            *("room", "at", "by", "text", "original", "reply_to", "thread", "files"),
            *("edited_at", "deleted", "mentions"),
        ),
        "edit": ("seq", "at", "by", "text"),
        "reaction": ("seq", "emoji", "account"),
        "pin": ("seq", "by"),
    }
    result: dict[str, list[Any]] = {
        kind: [{name: named(data, name) for name in names} for of, data in found if of == kind]
        for kind, names in kept.items()
    }
    members = [(data["room"], data["name"]) for kind, data in found if kind == "member" and "room" in data]
    result["member"] = sorted((rooms[room], name) for room, name in members)
    return result


@pytest.fixture
def scene(chatctl: Any, town: Any, tmp_path: Path) -> Scene:
    return scene_in(chatctl, town, tmp_path)


def test_a_space_moves_to_another_server_and_its_history_is_the_same(
    chatctl: Any, elsewhere: Any, scene: Scene, tmp_path: Path
) -> None:
    ask(scene.ada, UpdateRoom(scene.room, topic="where we meet"))
    before, after = tmp_path / "before", tmp_path / "after"
    chatctl("space", "export", scene.space["id"], str(before), "--files")
    owner = elsewhere.json("account", "create", "host", "--no-password")
    space = elsewhere.json("space", "create", "moved", "--owner", owner["id"])["id"]
    planned = elsewhere.json("import", "plan", str(before))
    assert (planned["format"], planned["messages"]) == ("chatd", 6)
    moved = elsewhere.json("import", "run", str(before), "--space", space)
    assert (moved["added"], moved["files"]) == (6, 3)
    elsewhere("space", "export", space, str(after), "--files")
    was, is_ = history(before), history(after)
    # the file that was deleted has become a line that says so
    assert is_["message"][4].pop("text") == "see\n📎 *file (it was deleted)*"
    assert was["message"][4].pop("text") == "see"
    for kind in was:
        assert is_[kind] == was[kind], kind
    stored = elsewhere.json("server", "status")["files"]
    again = elsewhere.json("import", "run", str(before), "--space", space)
    assert (again["added"], again["edited"], again["unchanged"]) == (0, 0, 6)
    assert again["dropped"] == moved["dropped"]
    assert elsewhere.json("server", "status")["files"] == stored
    scene.post("and one more")
    ask(scene.ada, EditMessage(scene.room, scene.seqs["first"], "the very first"))
    ask(scene.ada, DeleteMessage(scene.room, scene.seqs["again"]))
    newer, newest = tmp_path / "newer", tmp_path / "newest"
    chatctl("space", "export", scene.space["id"], str(newer), "--files")
    more = elsewhere.json("import", "run", str(newer), "--space", space)
    assert (more["added"], more["edited"], more["deleted"]) == (1, 1, 1)
    elsewhere("space", "export", space, str(newest), "--files")
    texts = [(one["text"], one["deleted"]) for one in history(newest)["message"]]
    assert (texts[0], texts[5:]) == (("the very first", False), [(None, True), ("and one more", False)])


def test_direct_rooms_move_with_everything_else(
    chatctl: Any, elsewhere: Any, scene: Scene, tmp_path: Path
) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    chatctl("room", "export", scene.direct, str(before / f"direct-{scene.direct}.jsonl"))
    owner = elsewhere.json("account", "create", "hostess", "--no-password")
    space = elsewhere.json("space", "create", "moved too", "--owner", owner["id"])["id"]
    elsewhere("import", "run", str(before), "--space", space)
    elsewhere("server", "export", str(after))
    (before / "files").mkdir()
    [was] = history(before)["message"]
    assert was | {"at": 0} in [one | {"at": 0} for one in history(after)["message"]]


def test_what_was_imported_moves_on_with_the_names_of_all_who_wrote(
    chatctl: Any, fresh: Any, town: Any, tmp_path: Path
) -> None:
    """Bots, guests and who had left are members of nothing."""
    space, before, after = town.space["id"], tmp_path / "before", tmp_path / "after"
    for kind, files in JSON + TEXT:
        path = folder(tmp_path / kind.format, written(files))
        chatctl("import", "run", str(path), "--space", space, "--zone", "Europe/Berlin", "--day-first")
    chatctl("space", "export", space, str(before), "--files")
    owner = fresh.json("account", "create", "host", "--no-password")
    moved = fresh.json("space", "create", "moved", "--owner", owner["id"])["id"]
    planned = fresh.json("import", "plan", str(before))
    fresh("import", "run", str(before), "--space", moved)
    fresh("space", "export", moved, str(after), "--files")
    was, is_ = history(before), history(after)
    assert planned["messages"] == len(was["message"])
    for kind in was:
        assert is_[kind] == was[kind], kind

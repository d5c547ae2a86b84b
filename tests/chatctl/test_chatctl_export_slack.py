"""Exports of Slack's shape, read by the reader of Slack's exports."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from export_scene import Scene, ask, scene_in
from imports.reading import Everything, everything

from chatctl.exports.slack.mrkdwn import mrkdwn
from chatctl.imports.records import mention
from chatctl.imports.slack.export import SlackExport
from chatctl.imports.slack.mrkdwn import markdown
from chatd.contract.room import CreateRoom, RoomResult


@pytest.fixture
def scene(chatctl: Any, town: Any, tmp_path: Path) -> Scene:
    return scene_in(chatctl, town, tmp_path)


def test_a_space_is_read_as_an_export_of_slack(chatctl: Any, scene: Scene, tmp_path: Path) -> None:
    secret = ask(scene.ada, CreateRoom(scene.space["id"], "Secret Room!", private=True), RoomResult).room.id
    scene.post("hidden", room=secret)
    target = tmp_path / "slack.zip"
    scene.ada("space", "export", scene.space["id"], str(target), "--format", "slack")
    assert not (tmp_path / "slack.zip.part").exists()
    with zipfile.ZipFile(target) as packed:
        names = packed.namelist()
        assert {"users.json", "channels.json", "groups.json", "dms.json", "mpims.json"} <= set(names)
        [group] = json.loads(packed.read("groups.json"))
        assert (group["name"], group["purpose"]["value"]) == ("secret-room", "Secret Room!")
        [plan] = [name for name in names if name.endswith("/plan.txt")]
        assert (plan.split("/")[0], packed.read(plan)) == ("__uploads", b"bytes 0")
        [day] = [name for name in names if scene.ada.json("room", "show", scene.room)["name"] in name]
        files = [file for row in json.loads(packed.read(day)) for file in row.get("files", ())]
        assert {file["url_private"] for file in files if file["mode"] == "hosted"} == {
            f"{scene.ada.url}/files/{one}" for one in scene.files[:2]
        }
    assert target.stat().st_mode & 0o777 == 0o600
    found = everything(SlackExport, target)
    assert {room.name: room.kind for room in found.rooms} == {
        "secret-room": "private",
        scene.ada.json("room", "show", scene.room)["name"]: "public",
    }
    assert_same_history(found, scene)
    assert found.problems == {"missing file": 1}  # the one that was deleted
    assert "exists already" in scene.ada.refused(
        "space", "export", scene.space["id"], str(target), "--format", "slack"
    )


def assert_same_history(found: Everything, scene: Scene) -> None:
    [messages] = [found for key, found in found.by_room.items() if key.endswith(scene.room)]
    ada, bob = (found.people[f"U{one}"].name for one in (scene_account(scene), scene.bob_account["id"]))
    said = [
        (found.people[one.author].name, one.text.replace(mention(f"U{scene_account(scene)}"), f"@{ada}"))
        for one in messages
    ]
    assert said == [
        (ada, "the **first** ☕"),
        (ada, "three"),
        (bob, f"a reply to @{ada}"),
        (ada, "see"),
        (ada, ""),
    ]
    first, edited, reply, files, again = messages
    assert {(one.person[1:], one.emoji) for one in first.reactions} == {
        (scene_account(scene), "👍"),
        (scene.bob_account["id"], "👍"),
        (scene.bob_account["id"], ":ovenglow:"),
    }
    assert first.pinned_by == f"U{scene_account(scene)}"
    assert edited.edited_at is not None
    assert reply.thread == first.key
    assert [file.name for file in files.files] == ["plan.txt", "odd: name?.txt", files.files[2].name]
    assert [file.path is None for file in files.files] == [False, False, True]
    assert again.files[0].path == files.files[0].path
    assert [one.at for one in messages] == sorted(one.at for one in messages)


def scene_account(scene: Scene) -> str:
    owner: str = scene.space["owner"]
    return owner


def test_direct_rooms_and_what_was_deleted_in_a_thread_come_too(
    chatctl: Any, scene: Scene, tmp_path: Path
) -> None:
    scene.ada("message", "delete", scene.room, str(scene.seqs["first"]))
    chatctl("server", "export", str(tmp_path / "all.zip"), "--format", "slack")
    found = everything(SlackExport, tmp_path / "all.zip")
    assert [one.text for one in found.by_room[f"D{scene.direct}"]] == ["between us"]
    [messages] = [found for key, found in found.by_room.items() if key.endswith(scene.room)]
    assert (messages[0].deleted, messages[1].thread) == (True, None)
    assert messages[2].thread == messages[0].key


def test_a_deleted_account_is_one_there_and_a_deleted_reply_is_not_there(
    chatctl: Any, scene: Scene, tmp_path: Path
) -> None:
    gone = scene.post("a reply that goes", scene.bob, reply_to=scene.seqs["first"])
    scene.bob("message", "delete", scene.room, str(gone))
    chatctl("account", "delete", scene.bob_account["id"], "--yes")
    chatctl("server", "export", str(tmp_path / "all.zip"), "--format", "slack")
    with zipfile.ZipFile(tmp_path / "all.zip") as packed:
        users = {one["id"]: one for one in json.loads(packed.read("users.json"))}
        rows = [row for name in packed.namelist() if "/20" in name for row in json.loads(packed.read(name))]
    assert users[f"U{scene.bob_account['id']}"]["deleted"]
    assert not users[f"U{scene_account(scene)}"]["deleted"]
    assert not [row for row in rows if row.get("subtype") == "tombstone" and "replies" not in row]


@pytest.mark.parametrize(
    "text",
    [
        "plain & <simple>",
        "**bold** and *slanted* and ~~gone~~",
        "`code & <tags>` here",
        "```\nblock\n  of *code*\n```",
        "see [the page](https://example.org/a?b=c&d=e)",
        "https://example.org/plain",
        "see https://example.org/*a*?b=_c_&d=~e~, and (https://example.org/_f_/g).",
        "**https://example.org/a_b_c** and https://example.org/_",
        "[a label](https://example.org/_b_) https://example.org/_c_d",
        "> quoted\n> twice",
        "one\ntwo",
        "@here",
    ],
)
def test_markup_comes_back_as_it_was(text: str) -> None:
    assert markdown(mrkdwn(text), {}).replace("\\", "") == text


def test_what_has_no_markup_there_is_words() -> None:
    assert mrkdwn("# Title\n\n- one\n- two\n\n1. a\n2. b") == "*Title*\n\n• one\n• two\n\n1. a\n2. b"
    assert mrkdwn("[x](javascript:alert(1))") == "x (javascript:alert(1))"
    assert mrkdwn(f"hi {mention('A1')}") == "hi <@UA1>"
    assert mrkdwn("<@U1> <!channel>") == "&lt;@U1&gt; &lt;!channel&gt;"

"""A space in which everything has happened that an export can hold."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs

from chatctl.connection import Connection
from chatd.contract.direct import OpenDirect
from chatd.contract.emoji import AddEmoji
from chatd.contract.message import DeleteMessage, EditMessage, Posted, PostMessage
from chatd.contract.pin import AddPin
from chatd.contract.reaction import AddReaction
from chatd.contract.room import RoomResult
from chatd.contract.spec import Done

# A GIF of one pixel.
PICTURE = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"


def ask(who: Any, request: object, result: Any = Done) -> Any:
    """`who` is a Chatctl of an account."""
    return Connection(who.data, who.url, who.token, True).ask(request, result)


@attrs.frozen
class Scene:
    """`ada` owns the space, `bob` is a member; `files` are the ids of `plan.txt`, a file with an odd name and
    one that was deleted. `seqs` by what the messages are."""

    ada: Any
    bob: Any
    bob_account: dict[str, Any]
    space: dict[str, Any]
    room: str
    direct: str
    files: list[str]
    seqs: dict[str, int]

    def post(self, text: str, who: Any = None, room: str = "", **more: Any) -> int:
        posted = ask(who or self.ada, PostMessage(room or self.room, text, **more), Posted)
        seq: int = posted.seq
        return seq


def scene_in(chatctl: Any, town: SimpleNamespace, folder: Path) -> Scene:
    ada = town.ada
    account = chatctl.json("account", "create", town.account["name"].replace("ada", "bob"), "--no-password")
    bob = chatctl.as_account(account["id"])
    code = chatctl.json("invite", "create", "--space", town.space["id"])["code"]
    bob("invite", "accept", code)
    bob("room", "join", town.room["id"])
    files = []
    for number, name in enumerate(("plan.txt", "../odd: name?.txt", "gone.txt")):
        (folder / "source").write_text(f"bytes {number}")
        files.append(ada.json("file", "upload", str(folder / "source"), "--name", name)["id"])
    direct = ask(ada, OpenDirect([account["id"]]), RoomResult).room.id
    scene = Scene(ada, bob, account, town.space, town.room["id"], direct, files, {})
    seqs = scene.seqs
    seqs["first"] = scene.post("the **first** ☕")
    seqs["edited"] = scene.post("one")
    for text in ("two", "three"):
        ask(ada, EditMessage(scene.room, seqs["edited"], text))
    seqs["reply"] = scene.post(f"a reply to @{town.account['name']}", bob, reply_to=seqs["first"])
    seqs["deleted"] = scene.post("a secret")
    ask(ada, DeleteMessage(scene.room, seqs["deleted"]))
    seqs["files"] = scene.post("see", attachments=files)
    seqs["again"] = scene.post("", attachments=files[:1])
    ada("file", "delete", files[2], "--yes")
    (folder / "source").write_bytes(PICTURE)
    picture = ada.json("file", "upload", str(folder / "source"), "--name", "ovenglow.gif")["id"]
    ask(ada, AddEmoji(town.space["id"], "ovenglow", picture))
    ask(ada, AddEmoji(town.space["id"], "far", "https://emoji.example/far.gif"))
    for who, emoji in ((ada, "👍"), (bob, "👍"), (bob, ":ovenglow:")):
        ask(who, AddReaction(scene.room, seqs["first"], emoji))
    ask(ada, AddPin(scene.room, seqs["first"]))
    scene.post("between us", bob, direct)
    return scene

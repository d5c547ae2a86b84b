"""Exports of rooms and spaces: all that the caller may read, nothing that was erased, and never unnoticed."""

from __future__ import annotations

import base64
import json
from typing import Any

import attrs
import pytest

from .talking import Client, Frame
from .town import Account, Town


def exported(client: Client, name: str, limit: int = 500, **data: Any) -> list[Frame]:
    items: list[Frame] = []
    after: dict[str, str] = {}
    while True:
        page = client.ask(name, limit=limit, **data, **after)
        items += page["items"]
        assert len(page["items"]) <= limit
        if page["next"] is None:
            return items
        after = {"after": page["next"]}


def of(items: list[Frame], kind: str) -> list[Frame]:
    return [item["data"] for item in items if item["kind"] == kind]


@attrs.frozen
class Scene:
    """A room in which `ann` and `bob` talked; `admin` is an admin of the space and not in the room."""

    town: Town
    room: str
    ann: Client
    bob: Client
    admin: Client
    admin_account: Account
    seqs: list[int]

    def told(self, name: str, stream: str) -> list[Frame]:
        events = self.town.operator.ask("event.list", stream=stream, after=0, limit=500)["events"]
        return [event for event in events if event["event"] == name]


@pytest.fixture
def scene(town: Town) -> Scene:
    room = town.room()
    account = town.moderator(role="admin")
    ann, bob = town.open(town.member(room, name="ann")), town.open(town.member(room, name="bob"))
    seqs = [ann.post(room, f"number {n}")["seq"] for n in range(4)]
    ann.ask("message.edit", room=room, seq=seqs[0], text="number 0, in other words")
    ann.ask("message.edit", room=room, seq=seqs[0], text="number 0, at last")
    seqs.append(ann.ask("message.post", room=room, text="a reply", reply_to=seqs[1])["seq"])
    bob.ask("reaction.add", room=room, seq=seqs[1], emoji="👍")
    ann.ask("pin.add", room=room, seq=seqs[2])
    ann.ask("message.edit", room=room, seq=seqs[3], text="a secret in other words")
    ann.ask("message.delete", room=room, seq=seqs[3])
    bob.ask("room.leave", room=room)
    return Scene(town, room, ann, bob, town.open(account), account, seqs)


def test_an_export_of_a_room_holds_all_that_is_in_it(scene: Scene) -> None:
    items = exported(scene.admin, "room.export", room=scene.room)
    assert list(dict.fromkeys(item["kind"] for item in items)) == [
        *("room", "member", "message", "edit", "reaction", "pin"),
    ]
    [room] = of(items, "room")
    assert (room["room"], room["space"], room["private"]) == (scene.room, scene.town.space, False)
    members = {row["account"]: row for row in of(items, "member")}
    ann, bob = (client.opened["account"] for client in (scene.ann, scene.bob))
    assert (members[ann["id"]]["name"], members[ann["id"]]["left_at"]) == (ann["name"], None)
    assert members[bob["id"]]["left_at"] is not None
    messages = of(items, "message")
    texts = ["number 0, at last", "number 1", "number 2", None, "a reply"]
    assert [(row["seq"], row["text"]) for row in messages] == list(zip(scene.seqs, texts, strict=True))
    assert [row["original"] for row in messages] == ["number 0", None, None, None, None]
    assert [row["deleted"] for row in messages] == [False, False, False, True, False]
    assert (messages[4]["reply_to"], messages[4]["thread"]) == (scene.seqs[1], scene.seqs[1])
    edits = [(row["seq"], row["text"]) for row in of(items, "edit")]
    assert edits == [(scene.seqs[0], "number 0, in other words"), (scene.seqs[0], "number 0, at last")]
    [reaction] = of(items, "reaction")
    assert (reaction["seq"], reaction["emoji"], reaction["account"]) == (scene.seqs[1], "👍", bob["id"])
    assert [row["seq"] for row in of(items, "pin")] == [scene.seqs[2]]
    assert "secret" not in json.dumps(items)
    assert "number 3" not in json.dumps(items)


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_fit_together(scene: Scene, limit: int) -> None:
    for name, data in (("room.export", {"room": scene.room}), ("space.export", {"space": scene.town.space})):
        whole = exported(scene.admin, name, **data)
        again = exported(scene.admin, name, limit, **data)
        assert [item for item in again if item["kind"] != "emoji"] == whole


def test_long_texts_make_shorter_pages(scene: Scene) -> None:
    for _ in range(20):
        scene.ann.post(scene.room, "🦊" * 10_000)
    page = scene.admin.ask("room.export", room=scene.room, limit=500)
    assert page["next"] is not None
    assert len(json.dumps(page, ensure_ascii=False).encode()) < 2**20
    texts = [row["text"] for row in of(exported(scene.admin, "room.export", room=scene.room), "message")]
    assert len(texts) == 25


def test_what_is_erased_between_two_pages_does_not_come_and_what_is_written_neither(scene: Scene) -> None:
    page = scene.admin.ask("room.export", room=scene.room, limit=2)
    scene.ann.ask("message.delete", room=scene.room, seq=scene.seqs[1])
    scene.ann.post(scene.room, "too late")
    rest = scene.admin.ask("room.export", room=scene.room, limit=500, after=page["next"])
    said = json.dumps(rest)
    assert "number 2" in said
    assert "number 1" not in said
    assert "too late" not in said
    assert of(rest["items"], "reaction") == []
    assert page["position"] == rest["position"]


def test_an_export_of_a_space_holds_its_rooms_that_the_exporter_sees(scene: Scene) -> None:
    town = scene.town
    hidden = town.room(private=True)
    town.open(town.owner).post(hidden, "behind closed doors")
    mine = town.room(by=scene.admin, private=True)
    scene.admin.post(mine, "among us")
    items = exported(scene.admin, "space.export", space=town.space)
    assert {row["room"] for row in of(items, "room")} >= {scene.room, mine}
    assert hidden not in json.dumps(items)
    members = {row["account"]: row["role"] for row in of(items, "member") if "space" in row}
    assert members[town.owner.id] == "owner"
    everything = exported(town.operator, "space.export", space=town.space)
    assert {"behind closed doors", "among us"} <= {row["text"] for row in of(everything, "message")}


def test_who_may_not_export(scene: Scene) -> None:
    town = scene.town
    moderator, stranger = town.open(town.moderator(scene.room)), town.open(town.account())
    hidden = town.room(private=True)
    for client, code in ((moderator, "forbidden"), (scene.ann, "forbidden"), (stranger, "not_found")):
        assert client.refusal("room.export", room=scene.room)["code"] == code
        assert client.refusal("space.export", space=town.space)["code"] == code
    assert scene.admin.refusal("room.export", room=hidden)["code"] == "not_found"
    assert scene.told("room.exported", f"room/{scene.room}") == []
    assert scene.told("space.exported", f"space/{town.space}") == []


def test_a_direct_room_is_exported_by_its_people_without_versions_of_others(scene: Scene) -> None:
    town, ann, bob = scene.town, scene.ann, scene.bob
    room = ann.ask("direct.open", accounts=[bob.opened["account"]["id"]])["room"]["id"]
    for client, name in ((ann, "ann"), (bob, "bob")):
        seq = client.post(room, f"{name} blurts out")["seq"]
        client.ask("message.edit", room=room, seq=seq, text=f"{name} says")
    items = exported(ann, "room.export", room=room)
    assert [row["text"] for row in of(items, "message")] == ["ann says", "bob says"]
    assert [row["original"] for row in of(items, "message")] == ["ann blurts out", None]
    assert [row["text"] for row in of(items, "edit")] == ["ann says"]
    assert bob.wait_event("room.exported", f"room/{room}")["by"] == ann.opened["account"]["id"]
    assert scene.admin.refusal("room.export", room=room)["code"] == "not_found"
    everything = exported(town.operator, "room.export", room=room)
    assert [row["original"] for row in of(everything, "message")] == ["ann blurts out", "bob blurts out"]
    assert len(scene.told("room.exported", f"room/{room}")) == 2


def test_members_are_told_once_and_the_audit_has_it(scene: Scene) -> None:
    town = scene.town
    for name, data, stream in (
        ("room.export", {"room": scene.room}, f"room/{scene.room}"),
        ("space.export", {"space": town.space}, f"space/{town.space}"),
    ):
        event = f"{name.partition('.')[0]}.exported"
        exported(scene.admin, name, 2, **data)
        assert scene.ann.wait_event(event, stream)["by"] == scene.admin_account.id
        assert len(scene.told(event, stream)) == 1
        entries = town.operator.ask("audit.list", space=town.space, type=event)["entries"]
        assert [entry["by"] for entry in entries] == [scene.admin_account.id]


def test_no_page_comes_without_a_trace(scene: Scene) -> None:
    page = scene.admin.ask("room.export", room=scene.room, limit=1)
    cells = json.loads(base64.urlsafe_b64decode(page["next"]))
    other = scene.town.open(scene.town.moderator(role="admin"))
    assert other.refusal("room.export", room=scene.room, after=page["next"])["code"] == "invalid"
    for forged in (
        [1, *cells[1:]],
        [*cells[:2], 0, *cells[3:]],
        [cells[0] + 1, *cells[1:]],
        [0, *cells[1:]],
        [],
        "x",
    ):
        cursor = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode()
        assert scene.admin.refusal("room.export", room=scene.room, after=cursor)["code"] == "invalid"
    scene.town.operator.ask(
        "member.set_role", space=scene.town.space, account=scene.admin_account.id, role="moderator"
    )
    refused = scene.admin.refusal("room.export", room=scene.room, after=page["next"])
    assert refused["code"] == "forbidden"

"""Retention and legal holds over the wire: who sets them, who is told, what is left of what was deleted."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from .talking import DEADLINE, Client, Frame, history
from .town import Town
from .uploads import UPLOADING, upload

DELAY = 0.3  # seconds
SECRET = "xyzzy-said-once"


@pytest.fixture(scope="module")
def started_with() -> dict[str, Any]:
    return {"program": UPLOADING, "retention_delay": DELAY}


def says(folder: Path, text: str) -> bool:
    """Whether some file of the folder says it."""
    return any(text.encode() in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def wait_until_silent(folder: Path, text: str) -> None:
    deadline = time.monotonic() + DEADLINE
    while says(folder, text):
        assert time.monotonic() < deadline, "it is still there"


def preserved(town: Town, room: str) -> list[Frame]:
    found: list[Frame] = town.operator.ask("message.preserved", room=room)["messages"]
    return found


def test_owners_and_admins_set_it_and_members_are_shown(town: Town) -> None:
    room = town.room()
    admin, member = town.open(town.moderator(room, role="admin")), town.open(town.member(room))
    for name, where in (
        ("space.set_retention", {"space": town.space}),
        ("room.set_retention", {"room": room}),
    ):
        assert member.refusal(name, **where, keep_days=30)["code"] == "forbidden"
        for wrong in (-1, 36_501, "30", 1.5):
            assert admin.refusal(name, **where, keep_days=wrong)["code"] == "invalid"
    admin.ask("space.set_retention", space=town.space, keep_days=30, reason="less is more")
    told = member.wait_event("space.retention_set")
    assert told["data"] == {"keep_days": 30, "reason": "less is more"}
    assert member.ask("space.get", space=town.space)["space"]["keep_days"] == 30
    assert member.ask("room.get", room=room)["room"]["keep_days"] is None
    admin.ask("room.set_retention", room=room, keep_days=7)
    assert member.wait_event("room.retention_set")["data"] == {"keep_days": 7}
    again = town.open(town.member(room))
    [opened] = [one for one in again.opened["rooms"] if one["id"] == room]
    assert (opened["keep_days"], opened["hold"]) == (7, False)
    assert again.opened["spaces"][0]["keep_days"] == 30
    audited = admin.ask("audit.list", space=town.space)["entries"]
    assert {"space.retention_set", "room.retention_set"} <= {entry["type"] for entry in audited}


def test_who_may_set_a_rule_is_told_what_it_takes(town: Town) -> None:
    room, private = town.room(), town.room(private=True)
    admin, member = town.open(town.moderator(room, role="admin")), town.open(town.member(room))
    stranger = town.open(town.account("stranger"))
    direct = member.ask("direct.open", accounts=[admin.opened["account"]["id"]])["room"]["id"]
    none = {"messages": 0, "oldest": None, "preserved": 0}
    for where in ({"space": town.space}, {"room": room}):
        assert admin.ask("message.count_old", **where, keep_days=1) == none
        assert member.refusal("message.count_old", **where, keep_days=1)["code"] == "forbidden"
        assert stranger.refusal("message.count_old", **where, keep_days=1)["code"] == "not_found"
        assert admin.refusal("message.count_old", **where, keep_days=1, hold_ends=True)["code"] == "forbidden"
        assert town.operator.ask("message.count_old", **where, keep_days=1, hold_ends=True) == none
    assert member.refusal("message.count_old", room=private, keep_days=1)["code"] == "not_found"
    assert member.refusal("message.count_old", room=direct, keep_days=1)["code"] == "forbidden"
    assert stranger.refusal("message.count_old", room=direct, keep_days=1)["code"] == "not_found"
    assert admin.refusal("message.count_old", keep_days=1)["code"] == "invalid"
    town.operator.ask("room.delete", room=room)
    assert admin.refusal("message.count_old", room=room, keep_days=1)["code"] == "not_found"
    chief = town.open(town.account("chief", admin=True))
    for one in (chief, town.operator):
        for where in ({"room": room}, {"room": direct}, {"room": private}):
            assert one.ask("message.count_old", **where, keep_days=1, hold_ends=True) == none


def test_only_operators_set_holds_and_read_what_they_preserve(town: Town) -> None:
    room = town.room()
    owner = town.open(town.owner)
    for name, data in (
        ("space.set_hold", {"space": town.space, "hold": True}),
        ("room.set_hold", {"room": room, "hold": True}),
        ("message.preserved", {"room": room}),
    ):
        assert owner.refusal(name, **data)["code"] == "forbidden"
    admin = town.open(town.account(admin=True))
    admin.ask("room.set_hold", room=room, hold=True, reason="case 7")
    assert owner.wait_event("room.hold_set")["data"] == {"hold": True, "reason": "case 7"}
    assert admin.ask("message.preserved", room=room) == {"messages": [], "next": None}
    for client in (owner, town.operator):
        assert client.refusal("room.delete", room=room)["code"] == "conflict"


def test_what_is_deleted_under_a_hold_is_hidden_kept_and_erased_when_it_ends(town: Town) -> None:
    folder = town.server.data
    room = town.room()
    account = town.member(room)
    bob, owner = town.open(account), town.open(town.owner)
    start = owner.cursor
    town.operator.ask("space.set_hold", space=town.space, hold=True)
    file = upload(bob, f"{SECRET} in a file", name=f"{SECRET}.txt")
    seq = bob.ask("message.post", room=room, text=f"{SECRET} first", attachments=[file["id"]])["seq"]
    bob.ask("message.edit", room=room, seq=seq, text=f"{SECRET} then")
    assert bob.refusal("file.delete", file=file["id"])["code"] == "conflict"
    bob.ask("message.delete", room=room, seq=seq)
    owner.wait_event("message.deleted")

    hidden_from_members(town, owner, start, room, seq, file["id"])
    [row] = preserved(town, room)
    assert row["texts"] == [f"{SECRET} first", f"{SECRET} then"]
    assert [one["name"] for one in row["files"]] == [f"{SECRET}.txt"]
    assert (row["seq"], row["by"], row["deleted_by"]) == (seq, account.id, account.id)
    assert town.operator.ask("file.get", file=file["id"])["file"]["id"] == file["id"]
    town.assert_sound()

    town.operator.ask("account.erase", account=account.id)
    assert [row["texts"][0] for row in preserved(town, room)] == [f"{SECRET} first"]
    assert [one["name"] for one in preserved(town, room)[0]["files"]] == [f"{SECRET}.txt"]
    town.assert_sound()

    town.operator.ask("space.set_hold", space=town.space, hold=False)
    assert preserved(town, room) != []
    assert owner.wait_event("message.erased")["data"] == {"seq": seq}
    assert preserved(town, room) == []
    assert town.operator.refusal("file.get", file=file["id"])["code"] == "not_found"
    town.assert_sound()
    wait_until_silent(folder, SECRET)


def hidden_from_members(town: Town, owner: Client, start: Frame, room: str, seq: int, file: str) -> None:
    [shown] = [one for one in history(owner, room) if one["seq"] == seq]
    assert (shown["deleted"], shown["text"], shown["files"]) == (True, None, [])
    assert owner.ask("message.search", text=SECRET)["hits"] == []
    assert owner.refusal("file.get", file=file)["code"] == "not_found"
    assert owner.ask("message.edits", room=room, seq=seq)["versions"] == []
    again = town.open(town.owner, start)
    again.catch_up()
    assert SECRET not in str(again.events)
    assert SECRET not in str(town.operator.ask("room.export", room=room))


def test_a_hold_on_a_direct_room_is_set_by_its_id(town: Town) -> None:
    ann, bob = town.member(), town.member()
    talk = town.open(ann)
    room = talk.ask("direct.open", accounts=[bob.id])["room"]["id"]
    seq = talk.ask("message.post", room=room, text="between us")["seq"]
    assert talk.refusal("room.set_retention", room=room, keep_days=1)["code"] == "forbidden"
    town.operator.ask("room.set_retention", room=room, keep_days=1)
    town.operator.ask("room.set_hold", room=room, hold=True)
    talk.ask("message.delete", room=room, seq=seq)
    assert [row["texts"] for row in preserved(town, room)] == [["between us"]]
    assert talk.ask("room.get", room=room)["room"]["hold"] is True
    town.operator.ask("room.set_hold", room=room, hold=False)

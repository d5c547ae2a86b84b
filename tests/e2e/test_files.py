"""Files as clients see them: attached to messages, shown with them, gone with them."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from .serving import Server
from .talking import Client, Frame, history
from .test_hostile_bytes import within
from .town import Town, absent_id
from .uploads import UPLOADING, picture, upload

NOT_THERE = "not_found"


@pytest.fixture(scope="module")
def started_with() -> dict[str, Any]:
    return {"program": UPLOADING}


@pytest.fixture
def room(town: Town) -> str:
    return town.room()


@pytest.fixture
def ann(town: Town, room: str) -> Client:
    return town.open(town.member(room))


@pytest.fixture
def bob(town: Town, room: str) -> Client:
    return town.open(town.member(room))


def post(client: Client, room: str, *files: Frame, text: str = "", **more: object) -> int:
    ids = [file["id"] for file in files]
    seq: int = client.ask("message.post", room=room, text=text, attachments=ids, **more)["seq"]
    return seq


def reads(client: Client, file: Frame) -> bool:
    """Whether the client may; if not, it is told the same as of one that never was."""
    answer = client.reply(client.send("file.get", file=file["id"]))
    if "result" in answer:
        assert answer["result"]["file"] == file
        return True
    assert answer["error"] == client.refusal("file.get", file=absent_id())
    return False


def blobs(server: Server) -> int:
    return sum(path.is_file() for path in (server.data / "files").rglob("*"))


def fetch(server: Server, path: str) -> tuple[int, bytes]:
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()


# --- shown ----------------------------------------------------------------------------------------------


def test_a_message_shows_its_files_wherever_it_is_shown(ann: Client, bob: Client, room: str) -> None:
    cat, note = picture(ann), upload(ann)
    assert cat == {
        "id": cat["id"],
        "name": "cat.png",
        "type": "image/png",
        "size": 6,
        "url": f"/files/{cat['id']}",
        "width": 8,
        "height": 6,
        "preview": f"/files/{cat['id']}/preview",
    }
    ids = [note["id"], cat["id"]]
    seq = post(ann, room, note, cat, text="look")
    event = bob.wait_event("message.posted")
    assert (event["data"]["attachments"], event["data"]["files"]) == (ids, [note, cat])
    bob.ask("pin.add", room=room, seq=seq)
    bob.ask("bookmark.add", room=room, seq=seq)
    reply = post(bob, room, note, text="nice", reply_to=seq)
    shown = [
        bob.ask("message.get", room=room, seq=seq)["message"],
        next(one for one in history(bob, room) if one["seq"] == seq),
        bob.ask("pin.list", room=room)["pins"][0]["message"],
        bob.ask("bookmark.list")["bookmarks"][0]["message"],
        bob.ask("thread.history", room=room, seq=seq)["root"],
        *bob.ask("message.search", text="look", room=room)["hits"],
    ]
    for message in shown:
        assert (message["attachments"], message["files"]) == (ids, [note, cat])
    [answer] = bob.ask("thread.history", room=room, seq=seq)["messages"]
    assert (answer["seq"], answer["files"]) == (reply, [note])


def test_a_client_that_resumes_gets_the_files_as_one_that_was_there(town: Town, room: str) -> None:
    account = town.member(room)
    ann, bob = town.open(town.member(room)), town.open(account)
    bob.catch_up()
    bob.close()
    cat, dog = picture(ann), picture(ann, "woof", "dog.png")
    post(ann, room, cat, dog)
    erased = post(ann, room, upload(ann, "secret"))
    ann.ask("message.delete", room=room, seq=erased)
    ann.ask("file.delete", file=dog["id"])
    back = town.resume(account, bob)
    back.catch_up()
    posted = [event["data"] for event in back.events if event["event"] == "message.posted"]
    assert posted[0] == {"text": "", "attachments": [cat["id"], dog["id"]], "files": [cat]}
    assert "files" not in posted[1]
    assert "text" not in posted[1]


def test_search_tells_messages_with_files_from_those_without(ann: Client, room: str) -> None:
    plain = ann.post(room, "apple alone")["seq"]
    seq = post(ann, room, upload(ann), text="apple with a note")
    silent = post(ann, room, upload(ann))

    def found(**asked: object) -> list[int]:
        return [hit["seq"] for hit in ann.ask("message.search", room=room, **asked)["hits"]]

    assert found(text="apple", has_file=True) == [seq]
    assert found(text="apple", has_file=False) == [plain]
    assert found(has_file=True) == [silent, seq]


def test_a_scheduled_message_is_posted_with_its_files(ann: Client, bob: Client, room: str) -> None:
    note = upload(ann)
    soon = time.time_ns() // 1_000_000 + 2_000
    entry = ann.ask("message.schedule", room=room, text="", post_at=soon, attachments=[note["id"]])
    assert entry["scheduled"]["attachments"] == [note["id"]]
    assert ann.ask("message.scheduled")["scheduled"] == [entry["scheduled"]]
    assert bob.wait_event("message.posted")["data"]["files"] == [note]
    refused = ann.refusal("message.schedule", room=room, text="", post_at=soon + 99_000)
    assert refused["code"] == "invalid"
    strange = {"text": "x", "post_at": soon + 99_000, "attachments": [absent_id()]}
    assert ann.refusal("message.schedule", room=room, **strange)["code"] == NOT_THERE


# --- attached -------------------------------------------------------------------------------------------


def test_what_cannot_be_attached_is_refused(town: Town, ann: Client, bob: Client, room: str) -> None:
    mine, hidden = upload(ann), upload(bob)

    def refusal(*files: str, text: str = "") -> Frame:
        answer: Frame = ann.refusal("message.post", room=room, text=text, attachments=list(files))
        return answer

    unknown = absent_id()
    assert refusal(unknown)["code"] == NOT_THERE
    told = refusal(hidden["id"])  # of a file that is there it tells no more
    assert told == {**refusal(unknown), "message": told["message"]}
    assert told["message"] == refusal(unknown)["message"].replace(unknown, hidden["id"])
    assert refusal(mine["id"], mine["id"])["code"] == "invalid"
    assert refusal(*(upload(ann, f"n{n}")["id"] for n in range(11)))["code"] == "invalid"
    assert refusal()["code"] == "invalid"
    assert ann.refusal("message.post", room=room, text="")["code"] == "invalid"
    assert post(ann, room, *(upload(ann, f"n{n}") for n in range(10)))


def test_whoever_reads_a_file_may_share_it_again(town: Town, ann: Client, bob: Client, room: str) -> None:
    note, elsewhere = upload(ann), town.room(private=True, by=bob)
    owner = town.open(town.owner)
    assert bob.refusal("message.post", room=elsewhere, text="", attachments=[note["id"]])["code"] == NOT_THERE
    seq = post(ann, room, note)
    post(bob, elsewhere, note)
    ann.ask("message.delete", room=room, seq=seq)
    assert reads(bob, note)
    assert not reads(owner, note)


def test_a_nonce_goes_with_its_files(ann: Client, room: str) -> None:
    one, other = upload(ann), upload(ann, "other")
    seq = post(ann, room, one, nonce="n")
    assert post(ann, room, one, nonce="n") == seq
    again = {"room": room, "text": "", "nonce": "n"}
    assert ann.refusal("message.post", attachments=[other["id"]], **again)["code"] == "conflict"
    assert ann.refusal("message.post", **again)["code"] in ("conflict", "invalid")


def test_with_files_a_text_may_become_empty(ann: Client, bob: Client, room: str) -> None:
    seq = post(ann, room, upload(ann), text="look at this")
    ann.ask("message.edit", room=room, seq=seq, text="")
    [message] = [one for one in history(bob, room) if one["seq"] == seq]
    assert (message["text"], len(message["files"])) == ("", 1)
    bare = ann.post(room, "bare")["seq"]
    assert ann.refusal("message.edit", room=room, seq=bare, text="")["code"] == "invalid"


def test_pictures_of_people_and_places_may_be_files(town: Town, room: str) -> None:
    account = town.member(room)
    ann, owner = town.open(account), town.open(town.owner)
    stranger = town.open(town.account())
    face, icon, party = picture(ann), picture(owner, "i"), picture(owner, "p")
    assert ann.ask("account.update", avatar=face["id"])["account"]["avatar"] == face["id"]
    assert (reads(owner, face), reads(stranger, face)) == (True, False)
    owner.ask("space.update", space=town.space, icon=icon["id"])
    owner.ask("emoji.add", space=town.space, name="party", image=party["id"])
    for file in (icon, party):
        assert (reads(ann, file), reads(stranger, file)) == (True, False)
    note = upload(owner)
    for asked in (
        ("account.update", {"avatar": note["id"]}),
        ("space.update", {"space": town.space, "icon": note["id"]}),
        ("emoji.add", {"space": town.space, "name": "note", "image": note["id"]}),
        ("space.create", {"name": "With a note", "icon": note["id"]}),
    ):
        assert owner.refusal(asked[0], **asked[1])["code"] == "invalid"
    assert ann.refusal("account.update", avatar=note["id"])["code"] == NOT_THERE
    made = owner.ask("space.create", name="With an icon", icon=icon["id"])["space"]
    assert made["icon"] == icon["id"]


# --- who reads ------------------------------------------------------------------------------------------


def test_a_file_is_read_by_whoever_reads_its_message_now(town: Town) -> None:
    room = town.room(private=True)
    owner, account = town.open(town.owner), town.member()
    ann, stranger = town.open(account), town.open(town.member())
    note = upload(owner)
    assert not reads(ann, note)
    seq = post(owner, room, note)
    assert not reads(ann, note)
    owner.ask("room.invite", room=room, account=account.id)
    assert reads(ann, note)
    assert not reads(stranger, note)
    link = ann.ask("file.sign", file=note["id"])["url"]
    assert link.startswith(f"/files/{note['id']}?by={account.id}&expires=")
    assert fetch(town.server, link) == (200, b"bytes")
    assert fetch(town.server, link.replace(account.id, town.owner.id))[0] == 404
    owner.ask("room.remove", room=room, account=account.id)
    assert not reads(ann, note)
    assert fetch(town.server, link)[0] == 404
    owner.ask("room.invite", room=room, account=account.id)
    owner.ask("member.ban", space=town.space, account=account.id)
    assert not reads(ann, note)
    owner.ask("message.delete", room=room, seq=seq)
    assert not reads(owner, note)


def test_a_deleted_room_hides_its_files(town: Town, ann: Client, bob: Client, room: str) -> None:
    note = upload(ann)
    post(ann, room, note)
    assert reads(bob, note)
    town.operator.ask("room.delete", room=room)
    assert not reads(bob, note)
    assert reads(ann, note)


def test_a_link_is_for_whoever_reads_the_file(ann: Client, bob: Client) -> None:
    note = upload(ann)
    assert bob.refusal("file.sign", file=note["id"])["code"] == NOT_THERE
    before = time.time()
    link = ann.ask("file.sign", file=note["id"], expires_in=60)
    assert before + 59 <= link["expires_at"] / 1000 <= time.time() + 60
    assert ann.refusal("file.sign", file=note["id"], expires_in=8 * 86400)["code"] == "invalid"


def test_a_link_of_a_bot_is_good_while_the_bot_may_read(town: Town, ann: Client, room: str) -> None:
    note = upload(ann)
    post(ann, room, note)
    made = ann.ask("bot.create", name="reader", scopes=["read", "join"])
    bot = town.dial().open(made["token"])
    bot.ask("invite.accept", code=town.code)
    link = bot.ask("file.sign", file=note["id"])["url"]
    assert fetch(town.server, link) == (200, b"bytes")
    ann.ask("bot.update", account=made["account"]["id"], scopes=["post", "join"])
    assert fetch(town.server, link)[0] == 404
    ann.ask("bot.update", account=made["account"]["id"], scopes=["read"])
    assert fetch(town.server, link) == (200, b"bytes")


# --- the end --------------------------------------------------------------------------------------------


def test_files_go_with_the_last_message_that_has_them(
    town: Town, ann: Client, bob: Client, room: str, server: Server
) -> None:
    before = blobs(server)
    cat, note = picture(ann, "here and gone"), upload(ann, "goes soon")
    assert blobs(server) == before + 3
    first, second = post(ann, room, cat, note), post(bob, room, cat)
    ann.ask("message.delete", room=room, seq=first)
    assert (reads(ann, cat), reads(ann, note)) == (True, False)
    assert within(30, lambda: blobs(server) == before + 2)
    bob.ask("message.delete", room=room, seq=second)
    assert not reads(ann, cat)
    assert within(30, lambda: blobs(server) == before)
    assert ann.ask("file.list")["files"] == []
    town.assert_sound()


def test_the_same_bytes_stay_while_another_file_has_them(
    ann: Client, bob: Client, room: str, server: Server
) -> None:
    before = blobs(server)
    one, other = upload(ann, "twins"), upload(bob, "twins")
    assert blobs(server) == before + 1
    ann.ask("file.delete", file=one["id"])
    post(bob, room, other)
    assert within(30, lambda: _dropped(server) == 0)
    assert blobs(server) == before + 1
    assert reads(ann, other)


def _dropped(server: Server) -> int:
    path = (server.data / "chatd.db").as_uri() + "?mode=ro"
    with closing(sqlite3.connect(path, uri=True)) as file:
        (count,) = file.execute("SELECT count(*) FROM dropped_blobs").fetchone()
    return int(count)


def test_a_file_is_deleted_by_its_uploader_and_leaves_messages(
    town: Town, ann: Client, bob: Client, room: str
) -> None:
    note = upload(ann, "nothing to see", "quixylophonist.txt")
    seq = post(ann, room, note, text="here")
    assert bob.refusal("file.delete", file=note["id"])["code"] == "forbidden"
    ann.ask("file.delete", file=note["id"])
    assert ann.wait_event("file.deleted")["data"] == {"file": note["id"]}
    assert ann.refusal("file.delete", file=note["id"])["code"] == NOT_THERE
    [message] = [one for one in history(bob, room) if one["seq"] == seq]
    assert (message["text"], message["attachments"], message["files"]) == ("here", [note["id"]], [])
    assert within(30, lambda: not _names(town.server.data, b"ixylophonist"))
    town.assert_sound()


def _names(folder: Path, trace: bytes) -> list[str]:
    return [path.name for path in folder.iterdir() if path.is_file() and trace in path.read_bytes()]


def test_an_upload_is_listed_until_it_is_gone(ann: Client, bob: Client, room: str) -> None:
    files = [upload(ann, f"n{n}") for n in range(5)]
    post(ann, room, files[1])
    first = ann.ask("file.list", limit=3)
    rest = ann.ask("file.list", limit=3, after=first["next"])
    assert rest["next"] is None
    listed = first["files"] + rest["files"]
    assert [file["id"] for file in listed] == [file["id"] for file in files[::-1]]
    assert [file["held"] for file in listed] == [False, False, False, True, False]
    assert bob.ask("file.list") == {"files": [], "next": None}
    assert ann.ask("file.usage")["bytes"]["used"] == 10

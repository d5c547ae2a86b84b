"""What is read of dumps of Rocket.Chat."""

from __future__ import annotations

import contextlib
import gzip
import io
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imports.bson_writing import bson
from imports.packing import packed

from chatctl.imports.export import Options, Unreadable
from chatctl.imports.formats import recognise
from chatctl.imports.problems import Problems
from chatctl.imports.records import CustomEmoji, Message, Person, Reaction, Room, Version, mention
from chatctl.imports.rocketchat.bson import NotBson, decode, documents
from chatctl.imports.rocketchat.export import RocketChatDump
from chatctl.imports.rocketchat.text import markdown

ANN = {"_id": "annannannannannan", "username": "ann", "name": "Ann"}
BEN = {"_id": "benbenbenbenbenbe", "username": "ben.b", "name": "Ben"}
USERS = [
    ANN
    | {
        "emails": [{"address": "ann@a.example"}],
        "services": {"password": {"bcrypt": "secret"}},
        "__rooms": ["R1"],
    },
    BEN | {"active": False, "type": "user", "roles": ["admin"]},
    {"_id": "rocket.cat", "username": "rocket.cat", "type": "bot", "active": True},
]
ROOM = {"_id": "R1", "t": "c", "name": "general", "description": "all", "joinCode": "secret"}


def said(number: int, text: Any = "", who: dict[str, Any] = ANN, **more: Any) -> dict[str, Any]:
    at = datetime(2021, 1, 1, 0, 0, number, 5000, tzinfo=UTC)
    return {"_id": f"m{number}", "rid": "R1", "msg": text, "ts": at, "u": who, **more}


def dump(path: Path, *messages: dict[str, Any], **collections: list[dict[str, Any]]) -> Path:
    found: dict[str, list[dict[str, Any]]] = {"users": USERS, "rocketchat_room": [ROOM]} | collections
    files = {f"db/{name}.bson": b"".join(map(bson, rows)) for name, rows in found.items()}
    return packed(path, {"db/rocketchat_message.bson": b"".join(map(bson, messages)), **files})


def read(path: Path, *messages: dict[str, Any], **collections: Any) -> list[Message]:
    with RocketChatDump.read(dump(path / "dump", *messages, **collections), Options()) as found:
        return list(found.messages("R1"))


def test_people_and_rooms_are_those_of_the_collections(tmp_path: Path) -> None:
    rooms = [
        ROOM,
        {
            "_id": "R2",
            "t": "p",
            "name": "x7Fq",
            "fname": "A talk",
            "prid": "R1",
            "topic": "t",
            "archived": True,
        },
        {"_id": ANN["_id"] + BEN["_id"], "t": "d"},
        {"_id": "R4", "t": "d", "uids": [ANN["_id"], BEN["_id"], "rocket.cat"]},
        {"_id": "R5", "t": "l", "label": "Guest"},
        {"_id": "R6", "t": "hologram"},
    ]
    path = dump(
        tmp_path / "dump.zip",
        said(1, "x", rid="R9"),
        rocketchat_room=rooms,
        rocketchat_subscription=[{"rid": "R1", "u": BEN}],
        rocketchat_settings=[
            {"_id": "SMTP_Password", "value": "secret"},
            {"_id": "uniqueID", "value": "server-1"},
        ],
    )
    assert recognise(path) is RocketChatDump
    with RocketChatDump.read(path, Options()) as found:
        assert found.source == "server-1"
        assert list(found.people()) == [
            Person(ANN["_id"], "ann", "Ann", "ann@a.example"),
            Person(BEN["_id"], "ben.b", "Ben", deleted=True),
            Person("rocket.cat", "rocket.cat", bot=True),
        ]
        pair = (ANN["_id"], BEN["_id"])
        assert list(found.rooms()) == [
            Room("R1", "general", "public", "all", members=pair),
            Room("R2", "A talk", "private", "t", archived=True),
            Room(ANN["_id"] + BEN["_id"], "", "direct", members=pair),
            Room("R4", "", "direct", members=(*pair, "rocket.cat")),
            Room("R5", "Guest", "private"),
            Room("R6", "R6", "private"),
            Room("R9", "R9", "private"),
        ]
        assert found.problems.by_kind["unknown kind"].count == 1
        assert "secret" not in repr((list(found.people()), list(found.rooms())))


def test_a_message_has_what_belongs_to_it(tmp_path: Path) -> None:
    edited = datetime(2021, 1, 2, tzinfo=UTC)
    reactions = {":grin:": {"usernames": ["ben.b", "gone"]}, ":tick:": {"usernames": ["ann"]}}
    [message] = read(
        tmp_path,
        said(1, "second", _id="h2", _hidden=True, parent="m1", editedAt=edited),
        said(1, "first", _id="h1", _hidden=True, parent="m1", editedAt=edited - timedelta(hours=1)),
        said(1, "new *text*", editedAt=edited, reactions=reactions, pinned=True, pinnedBy=BEN),
    )
    assert message == Message(
        "m1",
        ANN["_id"],
        1609459201005,
        "new **text**",
        edited_at=1609545600000,
        # what was kept has the time of the message itself, and when it was replaced
        versions=(Version("first", 1609459201005), Version("second", 1609545600000 - 3_600_000)),
        pinned_by=BEN["_id"],
        reactions=(
            Reaction(BEN["_id"], "😁"),
            Reaction("username:gone", "😁"),
            Reaction(ANN["_id"], ":tick:"),
        ),
    )


def test_threads_quotes_and_rows_of_the_system(tmp_path: Path) -> None:
    quote = "[ ](https://chat.example/channel/general?msg={}) indeed"
    elsewhere = [{"message_link": "https://x", "author_name": "zoe", "text": "from elsewhere"}]
    found = read(
        tmp_path,
        said(9, "late reply", tmid="m1", tshow=True),
        said(1, "root", tcount=1, replies=[ANN["_id"]]),
        said(2, quote.format("m1"), BEN, attachments=elsewhere),
        said(3, quote.format("other")),
        said(4, "ben.b", t="au"),
        said(5, "Topic", t="room_changed_topic"),
        said(6, "unknown kinds are read", t="hologram"),
        said(7, "", t="rm"),
        said(8, "x3Fb9=", t="e2e"),
    )
    assert [(one.text, one.thread, one.reply_to, one.system, one.deleted) for one in found] == [
        ("root", None, None, False, False),
        ("indeed", None, "m1", False, False),
        ("indeed", None, None, False, False),
        (f"added {mention(BEN['_id'])}", None, None, True, False),
        ("changed the topic to Topic", None, None, True, False),
        ("unknown kinds are read", None, None, False, False),
        ("", None, None, False, True),
        ("*The export has no key to read this message.*", None, None, False, False),
        ("late reply", "m1", None, False, False),
    ]


def test_what_apps_put_below_a_text_is_read(tmp_path: Path) -> None:
    [message] = read(
        tmp_path,
        said(1, "", attachments=[
            {
                "author_name": "Zoe", "title": "Build", "title_link": "https://ci.example",
                "text": "*failed*",
                "fields": [{"title": "Branch", "value": "main"}],
            },
            {"title": "a.png", "title_link": "/file-upload/F/a.png", "description": "my picture"},
            {"message_link": "https://x", "author_name": "zoe", "text": "one\ntwo"},
        ]),
    )  # fmt: skip
    build = "Zoe\n[Build](https://ci.example)\n**failed**\n**Branch**: main"
    assert message.text == f"{build}\nmy picture\n> **zoe**: one\n> two"


def test_the_blocks_of_apps_are_read(tmp_path: Path) -> None:
    def plain(text: str) -> dict[str, str]:
        return {"type": "plain_text", "text": text}

    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "*db* is slow"}, "fields": [plain("a *b*")],
         "accessory": {"type": "button", "text": plain("Go"), "url": "https://a.example/go"}},
        {"type": "divider"},
        {"type": "context", "elements": [plain("now")]},
        {"type": "image", "imageUrl": "https://a.example/g.png", "altText": "graph"},
        {"type": "actions", "elements": [{"type": "button", "text": plain("Ack"), "actionId": "x"}]},
        {"type": "callout", "title": plain("Note"), "text": plain("text")},
        "odd", {"type": "section", "text": 7},
    ]  # fmt: skip
    found = read(tmp_path, said(1, "", blocks=blocks), said(2, "alert", blocks=blocks[2:3]))
    assert [message.text for message in found] == [
        "**db** is slow\na \\*b\\*\n[Go](https://a.example/go)\nnow\n[graph](https://a.example/g.png)\n**Note**\ntext",
        "alert\nnow",
    ]


def test_where_somebody_was_is_read(tmp_path: Path) -> None:
    [message] = read(tmp_path, said(1, location={"type": "Point", "coordinates": [13.4, 52.5]}))
    assert message.text == "Location: 52.5, 13.4"


def test_an_account_of_integrations_is_as_many_people_as_it_has_names(tmp_path: Path) -> None:
    guest = {"_id": "guest1", "username": "guest-1"}
    path = dump(
        tmp_path / "dump",
        said(1, "one", alias="Jenkins CI"),
        said(2, "two", alias="GitHub"),
        said(3, "three", alias="Jenkins CI"),
        said(4, "four", alias="Ann"),
        said(5, "five", guest, alias="Visitor", token="t"),
    )
    with RocketChatDump.read(path, Options()) as found:
        authors = [found.person(one.author) for one in found.messages("R1")]
        assert [(one.name, one.display_name, one.bot) for one in authors] == [
            ("Jenkins CI", "Jenkins CI", True),
            ("GitHub", "GitHub", True),
            ("Jenkins CI", "Jenkins CI", True),
            ("ann", "Ann", False),
            ("guest-1", "Visitor", False),
        ]
        assert authors[0] == authors[2]
        assert found.problems.by_kind["missing person"].count == 1


def test_what_newer_servers_note_is_told_by_the_system_and_other_kinds_are_reported(tmp_path: Path) -> None:
    rows = [
        said(1, "ben.b", t="added-user-to-team"),
        said(2, "plans", t="user-added-room-to-team"),
        said(3, "", t="room-set-read-only"),
        said(4, "words", t="hologram"),
    ]
    with RocketChatDump.read(dump(tmp_path / "dump", *rows), Options()) as found:
        assert [(one.text, one.system) for one in found.messages("R1")] == [
            (f"added {mention(BEN['_id'])} to the team", True),
            ("added plans to the team", True),
            ("let nobody but moderators write", True),
            ("words", False),
        ]
        assert found.problems.by_kind["unknown kind"].count == 1


@pytest.mark.parametrize("name", ["dump", "dump.zip"])
def test_files_are_put_together_of_their_pieces(tmp_path: Path, name: str) -> None:
    pieces = [
        {"_id": 3, "files_id": "F1", "n": 1, "data": b"second"},
        {"_id": 1, "files_id": "F1", "n": 0, "data": b"first "},
        {"_id": 2, "files_id": "F1", "n": 0, "data": b"first "},
        {"_id": 4, "files_id": "F2", "n": 1, "data": b"without its beginning"},
    ]
    files = [{"_id": one, "name": f"../{one}.png", "type": "image/png"} for one in ("F1", "F2", "F3")]
    path = dump(
        tmp_path / name,
        said(1, files=[*files, {"_id": "T", "name": "thumb-F1.png", "typeGroup": "thumb"}]),
        **{
            "rocketchat_uploads.chunks": pieces,
            "custom_emoji.chunks": [{"files_id": "tick.png", "n": 0, "data": b"png"}],
            "rocketchat_custom_emoji": [
                {"name": "tick", "aliases": ["check"], "extension": "png"},
                {"name": "lost"},
            ],
        },
    )
    with RocketChatDump.read(path, Options()) as found:
        [message] = found.messages("R1")
        assert [(one.name, one.size) for one in message.files] == [
            ("F1.png", 12),
            ("F2.png", None),
            ("F3.png", None),
        ]
        assert found.open(message.files[0].path or "").read() == b"first second"
        assert list(found.emoji()) == [
            CustomEmoji("tick", "grid:emoji:tick.png"),
            CustomEmoji("check", "grid:emoji:tick.png"),
        ]
        assert found.open("grid:emoji:tick.png").read() == b"png"
        assert found.problems.by_kind["missing file"].count == 3
        with pytest.raises(Unreadable):
            found.open("grid:uploads:F2")


def test_a_dump_packed_with_gzip_is_read(tmp_path: Path) -> None:
    files = {f"{name}.bson.gz": gzip.compress(b"".join(map(bson, rows))) for name, rows in {
        "users": USERS, "rocketchat_room": [ROOM], "rocketchat_message": [said(1, "x")]}.items()}  # fmt: skip
    with RocketChatDump.read(packed(tmp_path / "dump", files), Options()) as found:
        assert [one.text for one in found.messages("R1")] == ["x"]
    files["rocketchat_message.bson.gz"] = gzip.compress(b"\0" * 50_000_000)[:-20]
    with RocketChatDump.read(packed(tmp_path / "dump", files), Options()) as found:
        assert list(found.messages("R1")) == []
        assert found.problems.by_kind["unreadable"].count == 1


def test_authors_without_a_user_are_known_by_what_they_wrote(tmp_path: Path) -> None:
    path = dump(
        tmp_path / "dump",
        said(1, "help", {"_id": "g1", "username": "guest-1", "name": "Guest"}),
        said(2, "x", {}),
    )
    with RocketChatDump.read(path, Options()) as found:
        assert [one.author for one in found.messages("R1")] == ["g1", "unknown"]
        assert found.person("g1") == Person("g1", "guest-1", "Guest")
        assert found.problems.by_kind["missing person"].count == 2


def test_what_cannot_be_read_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    good = bson(said(1, "good"))
    wrong = bytearray(bson(said(2, "wrong")))
    wrong[4] = 0x77  # no type of value
    deep: dict[str, Any] = {}
    for _ in range(60):
        deep = {"a": deep}
    rows = [
        good,
        bytes(wrong),
        bson(said(3, 5, ts="yesterday")),
        bson(said(4, ["a"], u="ann", files=[7], _hidden="no")),
        bson(said(5, "9999", ts=datetime(9999, 1, 1, tzinfo=UTC))),
        bson(said(6, "1601", ts=datetime(1601, 1, 1, tzinfo=UTC))),
        bson(said(7, "deep", reactions=deep)),
        bson(said(1, "the same key")),
        bson(said(8, "last")),
        bson(said(9, "cut"))[:-5],
    ]
    path = dump(tmp_path / "dump")
    (path / "db" / "rocketchat_message.bson").write_bytes(b"".join(rows))
    with RocketChatDump.read(path, Options()) as found:
        assert [one.text for one in found.messages("R1")] == ["good", "", "last"]
        told = {kind: problem.count for kind, problem in found.problems.by_kind.items()}
        assert told == {"unreadable": 5, "no time": 3, "missing person": 1, "same key": 1}
        last = found.problems.by_kind["unreadable"].places[-1]
        assert last == "db/rocketchat_message.bson: it is cut off or damaged at document 10"


def test_a_false_length_takes_no_memory() -> None:
    for length in (-1, 0, 4, 1 << 30):
        problems = Problems()
        raw = struct.pack("<i", length) + b"x" * 100
        assert list(documents(io.BufferedReader(io.BytesIO(raw)), "x", problems)) == []  # type: ignore[arg-type]
        assert problems.by_kind["unreadable"].count == 1


@given(st.binary(max_size=80))
def test_no_bytes_break_the_decoder(data: bytes) -> None:
    whole = struct.pack("<i", len(data) + 5) + data + b"\0"
    with contextlib.suppress(NotBson):
        decode(whole)


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("*bold* **bold** _it_ __it__ ~no~", "**bold** **bold** _it_ *it* ~~no~~"),
        ("@ben.b, @ben.b. @zoe @all", f"{mention('B')}, {mention('B')}. @zoe @all"),
        ("`*a* @ben.b` :slight_smile:", "`*a* @ben.b` 🙂"),
        ("<https://a.example/x|here> ![p](https://a.example/p.png)", "[here](https://a.example/x) [p](https://a.example/p.png)"),
        ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
    ],
)  # fmt: skip
def test_texts_get_chatds_marks(text: str, done: str) -> None:
    assert markdown(text, {"ben.b": "B"}.get) == done

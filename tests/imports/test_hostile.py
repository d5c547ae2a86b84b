"""Exports that were cut, damaged or made to harm: what can be read is read, the rest told, nothing breaks.

A good export of each format is changed at random in its values and in its bytes. The seeds are fixed; more
are tried with `CHATD_SEEDS=10000`.
"""

from __future__ import annotations

import copy
import gzip
import json
import os
import random
import struct
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from imports.bson_writing import bson
from imports.memory import at_most
from imports.packing import packed

from chatctl.imports import json_decoding
from chatctl.imports.archive import Archive
from chatctl.imports.chatd.export import ChatdExport
from chatctl.imports.export import Export, Options, Unreadable
from chatctl.imports.mattermost.export import MattermostExport
from chatctl.imports.problems import Problems
from chatctl.imports.records import Message
from chatctl.imports.rocketchat.export import RocketChatDump
from chatctl.imports.slack.export import SlackExport

SEEDS = int(os.environ.get("CHATD_SEEDS", "60"))
LONG_KEY = "k" * 5000
ODD: list[Any] = [
    *(None, True, 0, -1, 5, 1.5, 1e99, 10**30, "", "x", "NaN", "1e99", "-11644473600.0", "253402300799.5"),
    *(
        "../../etc/passwd",
        "a\x00b\x1b[2J",
        "\u202eevil",
        "here",
        LONG_KEY,
        [],
        {},
        [[]],
        [{}],
        {"a": [1]},
        ["x", 7],
    ),
]

SLACK: dict[str, Any] = {
    "users.json": [{"id": "U1", "team_id": "T1", "name": "ann", "profile": {"email": "a@a.example"}}],
    "channels.json": [
        {
            "id": "C1",
            "name": "general",
            "members": ["U1"],
            "topic": {"value": "t"},
            "pins": [{"id": "1420070001.000002", "type": "C", "user": "U1"}],
        }
    ],
    "dms.json": [{"id": "D1", "members": ["U1"]}],
    "general/2015-01-01.json": [
        {
            "type": "message",
            "ts": "1420070001.000002",
            "thread_ts": "1420070001.000002",
            "user": "U1",
            "text": "*a* <@U1|ann> <https://a.example|b> &lt; :tada: `c`",
            "reactions": [{"name": "tada", "users": ["U1"]}],
            "edited": {"ts": "1420070002.000000"},
            "files": [{"id": "F1", "name": "a", "size": 1, "url_private": "https://a.example/?t=1"}],
            "blocks": [
                {
                    "type": "rich_text",
                    "elements": [
                        {"type": "rich_text_section", "elements": [{"type": "text", "text": "*"}]},
                        {"type": "rich_text_list", "style": "ordered", "indent": 1, "elements": []},
                    ],
                }
            ],
            "attachments": [{"title": "t", "text": "x", "fields": [{"title": "a", "value": "b"}]}],
        },
        {"type": "message", "ts": "1420070003.000001", "subtype": "bot_message", "bot_id": "B1", "text": ""},
        {
            "type": "message",
            "ts": "1420070004.000001",
            "thread_ts": "1420070001.000002",
            "user": "U2",
            "text": "",
            "room": {"date_start": 1420070000, "date_end": 1420070060, "participant_history": ["U1"]},
            "user_profile": {"name": "ben"},
        },
    ],
}
POST = {
    "team": "hq",
    "channel": "c",
    "user": "ann",
    "message": "hi @ann :tada:",
    "create_at": 5,
    "edit_at": 6,
    "is_pinned": True,
    "reactions": [{"user": "ann", "emoji_name": "tada"}],
    "replies": [{"user": "ann", "message": "re", "create_at": 7}],
    "attachments": [{"path": "a/b"}],
    "props": {"attachments": [{"text": "x"}]},
}
MATTERMOST: list[Any] = [
    {"type": "version", "version": 1},
    {"type": "channel", "channel": {"team": "hq", "name": "c", "type": "O"}},
    {"type": "user", "user": {"username": "ann", "teams": [{"name": "hq", "channels": [{"name": "c"}]}]}},
    {"type": "direct_channel", "direct_channel": {"members": ["ann"], "participants": None}},
    {"type": "post", "post": POST},
    {"type": "direct_post", "direct_post": {**POST, "channel_members": ["ann"]}},
    {"type": "emoji", "emoji": {"name": "tick", "image": "x.png"}},
]
ROCKETCHAT: dict[str, list[Any]] = {
    "users": [
        {"_id": "U1", "username": "ann", "name": "Ann", "emails": [{"address": "a"}], "__rooms": ["R1"]}
    ],
    "rocketchat_room": [{"_id": "R1", "t": "c", "name": "r", "uids": ["U1"], "ts": 5}],
    "rocketchat_message": [
        {
            "_id": "m1",
            "rid": "R1",
            "ts": 1_600_000_000_000,
            "msg": "[ ](https://a.example/?msg=m0) *a* @ann",
            "u": {"_id": "U1", "username": "ann"},
            "tmid": "m0",
            "reactions": {":tada:": {"usernames": ["ann"]}},
            "file": {"_id": "F1", "name": "f"},
            "attachments": [{"title": "t", "text": "x", "message_link": "y"}],
            "editedAt": 1_600_000_000_001,
        },
        {"_id": "m2", "rid": "R1", "ts": 1_600_000_000_002, "t": "au", "msg": "ann", "u": {"_id": "U1"}},
    ],
    "rocketchat_uploads.chunks": [{"files_id": "F1", "n": 0, "data": b"x"}],
}


CHATD: list[dict[str, Any]] = [
    {"kind": kind, "data": data}
    for kind, data in (
        ("export", {"format": 1, "space": "S", "position": 9}),
        ("space", {"space": "S", "name": "Tea"}),
        ("member", {"space": "S", "account": "A", "name": "zoe", "display_name": "Zoe", "bot": False}),
        ("emoji", {"space": "S", "name": "leaf", "image": "F2"}),
        (
            "room",
            {
                "room": "R",
                "space": "S",
                "name": "tea",
                "kind": "direct",
                "private": True,
                "people": ["A", "B"],
            },
        ),
        ("member", {"room": "R", "account": "B", "name": "yan", "left_at": 5}),
        (
            "message",
            {
                "room": "R",
                "seq": 3,
                "at": 1_600_000_000_000,
                "by": "A",
                "text": "hi @yan",
                "original": "ho",
                "reply_to": 2,
                "thread": 2,
                "attachments": ["F1"],
                "edited_at": 1_600_000_000_001,
                "files": [{"id": "F1", "name": "a.txt", "type": "text/plain", "size": 1}],
            },
        ),
        ("edit", {"room": "R", "seq": 3, "at": 1_600_000_000_001, "by": "A", "text": "hi @yan"}),
        ("reaction", {"room": "R", "seq": 3, "emoji": "👍", "account": "B"}),
        ("pin", {"room": "R", "seq": 3, "by": "B", "at": 1_600_000_000_002}),
        ("end", {"items": 9}),
    )
]


def chatd(value: Any) -> dict[str, Any]:
    lines = b"".join(json.dumps(one).encode() + b"\n" for one in value)
    return {"export.jsonl": lines, "files/F1-a.txt": b"x", "files/F2-leaf.gif": b"GIF"}


def slack(value: Any) -> dict[str, Any]:
    return dict(value)


def mattermost(value: Any) -> dict[str, Any]:
    return {"posts.jsonl": b"\n".join(json.dumps(one).encode() for one in value)}


def rocketchat(value: Any) -> dict[str, Any]:
    return {f"{name}.bson": b"".join(bson(one) for one in rows) for name, rows in value.items()}


FORMATS: list[tuple[type[Export], Any, Callable[[Any], dict[str, Any]]]] = [
    (SlackExport, SLACK, slack),
    (MattermostExport, MATTERMOST, mattermost),
    (RocketChatDump, ROCKETCHAT, rocketchat),
    (ChatdExport, CHATD, chatd),
]
IDS = [one[0].format for one in FORMATS]


def changed(value: Any, chance: random.Random) -> Any:
    """A copy with one value somewhere in it replaced by an odd one."""
    value = copy.deepcopy(value)
    here = value
    while True:
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        key = chance.choice(keys)
        inner = here[key]
        if isinstance(inner, dict | list) and inner and chance.random() < 0.9:
            here = inner
        elif here is not value:
            here[key] = chance.choice(ODD)
            return value


def whole(reader: type[Export], path: Path) -> list[Message]:
    """All that the importer asks for."""
    found: list[Message] = []
    with reader.read(path, Options()) as export:
        people = list(export.people())
        for room in list(export.rooms()):
            assert len(room.key) <= 200
            for message in export.messages(room.key):
                export.person(message.author)
                found.append(message)
                for file in message.files:
                    if file.path is not None:
                        export.open(file.path).close()
        list(export.emoji())
        places = [place for problem in export.problems.by_kind.values() for place in problem.places]
    assert all(len(one.key) <= 200 for one in (*people, *found))
    assert all(0 < one.at < 4_200_000_000_000 for one in found)
    json.dumps(places)
    return found


@pytest.mark.parametrize(("reader", "value", "written"), FORMATS, ids=IDS)
def test_no_value_breaks_a_reader(reader: type[Export], value: Any, written: Any, tmp_path: Path) -> None:
    assert whole(reader, packed(tmp_path / "good.zip", written(value)))
    for seed in range(SEEDS):
        chance = random.Random(seed)
        odd = value
        for _ in range(chance.randint(1, 4)):
            odd = changed(odd, chance)
        try:
            files = written(odd)
        except (TypeError, AttributeError, struct.error):
            continue  # this cannot be written
        try:
            whole(reader, packed(tmp_path / "odd.zip", files))
        except Unreadable:
            pass
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error


@pytest.mark.parametrize(("reader", "value", "written"), FORMATS, ids=IDS)
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_no_bytes_break_a_reader(
    reader: type[Export], value: Any, written: Any, method: int, tmp_path: Path
) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in written(value).items():
            archive.writestr(name, data if isinstance(data, bytes) else json.dumps(data))
    good = path.read_bytes()
    for seed in range(SEEDS):
        chance = random.Random(seed)
        raw = bytearray(good)
        for _ in range(chance.randint(1, 8)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        if chance.random() < 0.3:
            del raw[chance.randrange(len(raw)) :]
        path.write_bytes(raw)
        try:
            whole(reader, path)
        except Unreadable:
            pass
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error


@pytest.mark.parametrize(("reader", "value", "written"), FORMATS, ids=IDS)
def test_one_huge_value_takes_no_memory(
    reader: type[Export], value: Any, written: Any, tmp_path: Path
) -> None:
    """As where a message should be; packed so well that it is a bomb, and not packed."""
    files = written(value)
    name = max(files, key=lambda one: "20" in one or "posts" in one or "message" in one)
    path = packed(tmp_path / "folder", files)
    with (path / name).open("ab") as file:
        file.truncate(1 << 28)
    with at_most(150):
        whole(reader, path)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for other in files:
            if other != name:
                archive.write(path / other, other)
        with archive.open(name, "w", force_zip64=True) as member:
            for _ in range(1 << 7):
                member.write(b'["' + b" " * (1 << 20))
    with at_most(150), suppress(Unreadable):
        whole(reader, tmp_path / "bomb.zip")


def test_many_small_values_take_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Objects take far more memory than the bytes that they are made of."""
    monkeypatch.setattr(json_decoding, "VALUES", 30_000)
    rows_of_nothing = b"[" + b"{}," * 31_000 + b'{"ts": "1420070001.000001", "text": "last"}]'
    rows = b'[{"ts": "1420070001.000001", "text": "first", "blocks": [' + b"[]," * 60_000 + b"[]]}]"
    files = SLACK | {"general/2015-01-01.json": rows_of_nothing, "general/2015-01-02.json": rows}
    path = packed(tmp_path / "export", files)
    with at_most(5):
        found = whole(SlackExport, path)
    assert [one.text for one in found] == ["last"]

    many = {"_id": "m1", "rid": "R1", "ts": 5, "attachments": [0] * 300_000}
    raw = rocketchat(ROCKETCHAT | {"rocketchat_message": [many, ROCKETCHAT["rocketchat_message"][1]]})
    path = packed(tmp_path / "dump", raw)
    with at_most(60):
        assert len(whole(RocketChatDump, path)) == 1


def test_days_in_no_order_are_read_in_bounded_memory(tmp_path: Path) -> None:
    days = {
        f"general/20{number:02}-01-01.json": [
            {"type": "message", "user": "U1", "text": "x" * 1000, "ts": f"14200{99 - number}{row:03d}.000001"}
            for row in range(300)
        ]
        for number in range(10, 50)
    }
    path = packed(tmp_path / "export.zip", SLACK | days)
    with at_most(12), SlackExport.read(path, Options()) as found:
        assert sum(1 for _ in found.messages("C1")) == 40 * 300


def test_a_long_header_in_a_tar_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "export.tar.gz"
    entry = tarfile.TarInfo("x")
    entry.type, entry.size = tarfile.XHDTYPE, 300_000_000
    with gzip.open(path, "wb", 1) as out:
        out.write(entry.tobuf())
        for _ in range(300):
            out.write(b"\0" * 1_000_000)
    problems = Problems()
    with at_most(20), Archive(path, problems) as archive:
        assert list(archive.names()) == []
    assert problems.by_kind["unreadable"].count == 1

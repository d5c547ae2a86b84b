"""Two messages of one export with one id. Of one message the later state counts; what two people wrote, or
one wrote at two times, is two messages, whatever the file says. Either is told with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from reading import folder

from chatctl.imports.discord.guild import DiscordGuild
from chatctl.imports.export import Export, Options
from chatctl.imports.matrix.rooms import MatrixRooms
from chatctl.imports.records import Message
from chatctl.imports.teams.dump import TeamsDump
from chatctl.imports.telegram.account import TelegramAccount
from chatctl.imports.zulip.realm import ZulipRealm

AT = 1_770_000_000  # Unix seconds
Said = tuple[int, str, int, str]  # id, author, seconds after that, text
Files = dict[str, Any]


def iso(seconds: int) -> str:
    return datetime.fromtimestamp(AT + seconds, UTC).isoformat()


def discord(said: list[Said], name: str = "tea", exported: int = 0) -> Files:
    talk = [
        {
            "id": str(id_),
            "type": "Default",
            "timestamp": iso(at),
            "content": text,
            "author": {"id": by, "name": by},
        }
        for id_, by, at, text in said
    ]
    channel = {"id": "4", "type": "GuildTextChat", "name": "tea"}
    guild = {"id": "1", "name": "T"}
    head = {"guild": guild, "channel": channel, "dateRange": {}, "exportedAt": iso(exported)}
    return {f"{name}.json": {**head, "messages": talk}}


def telegram(said: list[Said], name: str = "result", exported: int = 0) -> Files:
    talk = [
        {
            "id": id_,
            "type": "message",
            "date_unixtime": str(AT + at),
            "from": by,
            "from_id": f"user{by}",
            "text": text,
        }
        for id_, by, at, text in said
    ]
    return {f"{name}.json": {"name": "Tea", "type": "private_group", "id": 7, "messages": talk}}


def matrix(said: list[Said], name: str = "tea", exported: int = 0) -> Files:
    talk = [
        {
            "type": "m.room.message",
            "event_id": f"${id_}",
            "room_id": "!r:a",
            "sender": f"@{by}:a",
            "origin_server_ts": (AT + at) * 1000,
            "content": {"msgtype": "m.text", "body": text},
        }
        for id_, by, at, text in said
    ]
    head = {"room_name": "Tea", "room_creator": "1", "topic": "", "export_date": "x", "exported_by": "1"}
    return {f"{name}.json": {**head, "messages": talk}}


def teams(said: list[Said], name: str = "t", exported: int = 0) -> Files:
    talk = [
        {
            "Id": str(AT + id_),
            "MessageType": "message",
            "CreatedDateTime": iso(at),
            "From": {"User": {"Id": by}},
            "ChannelIdentity": {"ChannelId": "c", "TeamId": "t"},
            "Body": {"ContentType": "text", "Content": text},
            **({"LastEditedDateTime": iso(exported)} if exported else {}),
        }
        for id_, by, at, text in said
    ]
    return {
        "users/usersList.json": [{"Id": "1", "DisplayName": "1"}, {"Id": "2", "DisplayName": "2"}],
        "teams/teamsList.json": [{"Name": "Tea", "GroupsId": "t", "Privacy": "Public"}],
        f"teams/{name}/messages_{name}.json": talk,
    }


def zulip(said: list[Said], name: str = "1", exported: int = 0) -> Files:
    users = [{"id": 1, "full_name": "1"}, {"id": 2, "full_name": "2"}]
    realm = {
        "zerver_realm": [{"string_id": "t"}],
        "zerver_userprofile": users,
        "zerver_stream": [{"id": 5, "name": "tea"}],
        "zerver_recipient": [{"id": 100, "type": 2, "type_id": 5}],
    }
    talk = [
        {"id": id_, "sender": int(by), "recipient": 100, "subject": "", "content": text, "date_sent": AT + at}
        for id_, by, at, text in said
    ]
    return {"realm.json": realm, f"messages-00000{name}.json": {"zerver_message": talk}}


# Zulip's files are parts of one export.
FORMATS: list[tuple[type[Export], Callable[..., Files]]] = [
    (DiscordGuild, discord),
    (TelegramAccount, telegram),
    (MatrixRooms, matrix),
    (TeamsDump, teams),
    (ZulipRealm, zulip),
]
each_format = pytest.mark.parametrize(("kind", "made"), FORMATS, ids=lambda one: getattr(one, "format", ""))


def read(kind: type[Export], at: Path, files: Files) -> tuple[list[Message], list[str]]:
    """The messages, and the places of those that have the key of another one."""
    path = folder(at, {name: json.dumps(document) for name, document in files.items()})
    with kind.read(path, Options(zone="UTC")) as export:
        [room] = list(export.rooms())
        found = list(export.messages(room.key))
        told = export.problems.by_kind.get("same key")
    return found, [] if told is None else told.places


@each_format
def test_of_one_message_the_later_state_counts_and_is_told(
    kind: type[Export], made: Callable[..., Files], tmp_path: Path
) -> None:
    found, told = read(kind, tmp_path, made([(5, "1", 0, "first"), (6, "1", 1, "x"), (5, "1", 0, "second")]))
    assert [message.text for message in found] == ["second", "x"]
    [place] = told
    assert ".json" in place
    assert any(f"{what} 3" in place for what in ("message", "event", "row"))


@each_format
@pytest.mark.parametrize("other", [("2", 0), ("1", 9)], ids=["author", "time"])
def test_what_another_wrote_or_at_another_time_is_another_message(
    kind: type[Export], made: Callable[..., Files], other: tuple[str, int], tmp_path: Path
) -> None:
    twice = made([(5, "1", 0, "one"), (5, *other, "two")])
    found, told = read(kind, tmp_path / "old", twice)
    assert sorted(message.text for message in found) == ["one", "two"]
    assert len(told) == 1
    newer = made([(4, "1", -1, "before"), (5, "1", 0, "one"), (5, *other, "two, edited"), (6, "1", 20, "x")])
    again, _ = read(kind, tmp_path / "new", newer)
    assert {message.key for message in found} < {message.key for message in again}


@each_format
def test_the_same_message_twice_is_one_and_nothing_is_told(
    kind: type[Export], made: Callable[..., Files], tmp_path: Path
) -> None:
    found, told = read(kind, tmp_path, made([(5, "1", 0, "one"), (5, "1", 0, "one")]))
    assert [message.text for message in found] == ["one"]
    assert told == []


@pytest.mark.parametrize(("kind", "made"), FORMATS[:-1], ids=lambda one: getattr(one, "format", ""))
def test_a_later_export_beside_it_is_no_fault(
    kind: type[Export], made: Callable[..., Files], tmp_path: Path
) -> None:
    both = made([(5, "1", 0, "first")]) | made([(5, "1", 0, "second")], "u", 60)
    found, told = read(kind, tmp_path, both)
    assert [message.text for message in found] == ["second"]
    assert told == []

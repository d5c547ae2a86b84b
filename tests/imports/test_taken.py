"""Whatever an export says, the server takes what is made of it: one request that it refuses would end every
import of that export."""

from __future__ import annotations

import json
import random
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trio
from imports.reading import folder
from imports.small_exports import JSON, TEXT
from imports.test_broken_exports import NAMES, paths, written

from chatctl.imports.attach import Missing
from chatctl.imports.chatd.export import ChatdExport
from chatctl.imports.choice import Choice
from chatctl.imports.export import Export, Options, Unreadable
from chatctl.imports.mattermost.export import MattermostExport
from chatctl.imports.move import Move
from chatctl.imports.slack.export import SlackExport
from chatd.contract import import_ as contract
from chatd.contract.emoji import EmojiList, ListEmoji
from chatd.contract.errors import Refusal
from chatd.contract.requests import REQUESTS
from chatd.contract.spec import Done

SPACE = "0" * 26
ODD: list[Any] = ["\x00", "\ud83d", "a" * 5_000, "\u202e", -62_135_596_800, -1, 2**63, "0001-01-01T00:00:00Z"]
ROWS = {row.request: row for row in REQUESTS.values()}


class Strict:
    """A server that has nothing, and reads each request as the real one does."""

    account = None

    def __init__(self) -> None:
        self.ids = 0

    def _id(self) -> str:
        self.ids += 1
        return f"01{self.ids:024d}"

    async def ask(self, request: Any, _: type[Any]) -> Any:
        row = ROWS[type(request)]
        sent = msgspec.msgpack.decode(msgspec.msgpack.encode(msgspec.to_builtins(request)))
        read = row.read(sent)
        assert not isinstance(read, Refusal), f"{row.name} is refused: {read}"
        match read:
            case contract.AddImportPeople():
                people = [
                    contract.ImportedPerson(key=one.key, account=self._id(), name=one.name, made=True)
                    for one in read.people
                ]
                return contract.ImportedPeople(people=people)
            case contract.AddImportRooms():
                rooms = [
                    contract.ImportedRoom(key=one.key, room=self._id(), name=one.name, made=True, own=True)
                    for one in read.rooms
                ]
                return contract.ImportedRooms(rooms=rooms)
            case contract.AddImportMessages():
                keys = [one.key for one in read.messages]
                assert len(set(keys)) == len(keys), "each key once"
                return contract.ImportedMessages(
                    added=0, edited=0, deleted=0, unchanged=0, reactions=0, dropped=0, missing_roots=0
                )
            case contract.FindImported():
                return contract.FoundMessages(keys=[], bare=[])
            case ListEmoji():
                return EmojiList(emoji=[])
            case contract.AddImportEmoji():
                return contract.EmojiMade(made=True)
        return Done()


class NoUploads:
    def can(self, _: Any) -> bool:
        return False

    async def upload(self, *_: Any) -> str:
        raise Missing("it is not there")


def comes_in(kind: type[Export], path: Path) -> None:
    try:
        with kind.read(path, Options(zone="Europe/Berlin", day_first=True)) as export:
            server: Any = Strict()
            uploads: Any = NoUploads()
            source = f"{export.format}:{export.source}"[:200]
            begun = ROWS[contract.BeginImport].read(
                {"space": SPACE, "format": export.format, "source": source}
            )
            assert not isinstance(begun, Refusal), begun
            move = Move([server], export, source, SPACE, Choice(), uploads, lambda *_: None)
            trio.run(partial(move.run, SPACE, SPACE))
    except Unreadable:
        pass


@pytest.mark.parametrize(("kind", "files"), JSON, ids=NAMES[: len(JSON)])
def test_what_is_read_of_any_document_is_taken(
    kind: type[Export], files: dict[str, Any], tmp_path: Path
) -> None:
    folder(tmp_path, written(files))
    chance = random.Random(f"taken {kind.format}")
    for name, document in files.items():
        places = list(paths(document))
        for odd in ODD:
            for path in chance.sample(places, min(len(places), 12)):
                changed = json.loads(json.dumps(document))
                at = changed
                for step in path[:-1]:
                    at = at[step]
                at[path[-1]] = odd
                comes_in(kind, folder(tmp_path, {name: json.dumps(changed)}))
        folder(tmp_path, {name: json.dumps(document)})


@pytest.mark.parametrize(("kind", "files"), TEXT, ids=NAMES[len(JSON) :])
def test_what_is_read_of_any_lines_is_taken(
    kind: type[Export], files: dict[str, Any], tmp_path: Path
) -> None:
    chance = random.Random(f"taken {kind.format}")
    for name, text in files.items():
        for odd in ("\x00", "\u202e", "a" * 5_000, "\x0b", "\u2028", "0001"):
            for _ in range(12):
                at = chance.randrange(len(text) + 1)
                comes_in(kind, folder(tmp_path, {**written(files), name: f"{text[:at]}{odd}{text[at:]}"}))


SLACK = {
    "users.json": [{"id": "U1", "name": "zoe", "team_id": "T1", "profile": {"real_name": "Zoe"}}],
    "channels.json": [
        {
            "id": "C1", "name": "tea", "created": 1, "members": ["U1", "U2"], "topic": {"value": "t"},
            "pins": [{"id": "1.000000", "user": "U1"}],
        }
    ],
    "tea/1970-01-01.json": [
        {"type": "message", "user": "U1", "text": "x <@U1>", "ts": f"{n}.000000", "client_msg_id": "a",
         "thread_ts": f"{3 - n}.000000", "edited": {"user": "U1", "ts": "5.000000"},
         "username": "u", "bot_id": "B1", "reactions": [{"name": "tea", "users": ["U1", "U3"]}],
         "files": [{"id": "F1", "name": "f", "mode": "hosted", "size": 1}]}
        for n in (1, 2)
    ],
}  # fmt: skip
MATTERMOST = [
    {"type": "version", "version": 1},
    {"type": "channel", "channel": {"team": "t", "name": "tea", "display_name": "Tea", "type": "O"}},
    {"type": "user", "user": {"username": "zoe", "nickname": "Zoe", "delete_at": 0}},
    {
        "type": "post",
        "post": {
            "team": "t", "channel": "tea", "user": "zoe", "message": "x @zoe", "create_at": 1, "edit_at": 2,
            "reactions": [{"user": "yan", "create_at": 1, "emoji_name": "tea"}],
            "replies": [{"user": "yan", "message": "r", "create_at": 0}],
        },
    },
    {"type": "direct_post", "direct_post": {
        "channel_members": ["zoe", "yan"], "user": "zoe", "message": "d", "create_at": 1}},
]  # fmt: skip
CHATD = [
    {"kind": "export", "data": {"format": 1, "space": SPACE, "position": 1}},
    {"kind": "space", "data": {"space": SPACE, "name": "s", "owner": SPACE, "created_at": 1}},
    {"kind": "room", "data": {"room": SPACE, "space": SPACE, "name": "r", "kind": "text", "private": False,
                              "created_at": 1}},
    {"kind": "member", "data": {"room": SPACE, "account": SPACE, "name": "zoe", "display_name": "Z"}},
    {"kind": "message", "data": {"room": SPACE, "seq": 3, "at": 1, "by": SPACE, "text": "x", "original": "o",
                                 "edited_at": 2, "reply_to": 3, "thread": 3}},
    {"kind": "edit", "data": {"room": SPACE, "seq": 3, "at": 2, "by": SPACE, "text": "x"}},
    {"kind": "reaction", "data": {"room": SPACE, "seq": 3, "emoji": "x", "account": SPACE, "at": 1}},
    {"kind": "pin", "data": {"room": SPACE, "seq": 3, "by": SPACE, "at": 1}},
]  # fmt: skip


def written_plainly(rows: Any) -> dict[str, str | bytes]:
    return {name: json.dumps(what) for name, what in rows.items()}


def lines(rows: Any) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


@pytest.mark.parametrize("kind", [SlackExport, MattermostExport, ChatdExport], ids=lambda kind: kind.format)
def test_what_is_read_of_any_rows_is_taken(kind: type[Export], tmp_path: Path) -> None:
    name = {"mattermost": "posts.jsonl", "chatd": "export.jsonl"}.get(kind.format)
    whole: Any = SLACK if name is None else MATTERMOST if kind is MattermostExport else CHATD
    written_: Any = written_plainly if name is None else lambda rows: {name: lines(rows)}
    comes_in(kind, folder(tmp_path, written_(whole)))
    chance = random.Random(f"taken {kind.format}")
    for path in paths(whole):
        for odd in chance.sample([*ODD, None, [], {}, 10**30, "9" * 400, 1e300], 6):
            changed = json.loads(json.dumps(whole))
            at = changed
            for step in path[:-1]:
                at = at[step]
            at[path[-1]] = odd
            comes_in(kind, folder(tmp_path, written_(changed)))

"""Any export that can be read, written as a zip of Slack's shape. Files come with their bytes, as importers
of other servers expect them: `__uploads/ID/NAME`.

Earlier texts of a message, and which message of a thread a reply answers, have no place in it.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfileobj
from typing import Any, Final

from chatctl.exports.files import safe_name
from chatctl.exports.room_names import channel_name
from chatctl.exports.slack.messages import TEAM, pin_of, row_of
from chatctl.exports.slack.names import day, file_id, room_id, user_id
from chatctl.exports.slack.rows import Rows
from chatctl.imports.export import Export
from chatctl.imports.records import File, Message, Person, Room

_LISTS: Final = ("channels.json", "groups.json", "dms.json", "mpims.json")
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def write_slack(export: Export, target: Path, server: str) -> None:
    """`target` is a new file, `server` the address of the server that has the files: their links lead there.
    Raises what reading raises, and OSError."""
    with (
        open(os.open(target, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC, 0o600), "wb") as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        _Writing(export, packed, server).write()


class _Writing:
    def __init__(self, export: Export, packed: zipfile.ZipFile, server: str) -> None:
        self._export, self._packed, self._server = export, packed, server
        self._rows = Rows()
        self._people = {person.key: person for person in export.people()}
        self._names: set[str] = set()
        self._uploaded: set[str] = set()
        self._lists: dict[str, list[dict[str, Any]]] = {name: [] for name in _LISTS}

    def write(self) -> None:
        try:
            for room in self._export.rooms():
                self._write_room(room)
        finally:
            self._rows.close()
        self._write_json("users.json", (_user(person) for person in self._people.values()))
        for name, rooms in self._lists.items():
            self._write_json(name, iter(rooms))

    def _write_room(self, room: Room) -> None:
        for key in room.members:
            self._meet(key)
        list_, about, folder = self._described(room)
        pins: list[dict[str, Any]] = []
        self._rows.clear()
        for message in self._export.messages(room.key):
            micro = self._rows.place(message.at)
            self._meet(message.author, *(one.person for one in message.reactions))
            author = "USLACKBOT" if message.deleted else user_id(message.author)
            row = row_of(message, micro, about["id"], self._server, self._name_of)
            self._rows.add(micro, message, author, row)
            if message.pinned_by is not None:
                self._meet(message.pinned_by)
                pins.append(pin_of(message, micro))
            self._write_files(message)
        self._write_days(folder)
        if pins:
            about["pins"] = pins
        self._lists[list_].append(about)

    def _name_of(self, key: str) -> str:
        return (self._people.get(key) or self._export.person(key)).name

    def _meet(self, *keys: str) -> None:
        for key in keys:
            if key not in self._people:
                self._people[key] = self._export.person(key)

    def _described(self, room: Room) -> tuple[str, dict[str, Any], str]:
        """The list that the room stands in, what it says there, and the room's folder."""
        members = [user_id(key) for key in room.members]
        pair = room.kind == "direct" and len(members) <= 2
        about: dict[str, Any] = {"id": room_id(room.key, pair), "created": (room.created_at or 0) // 1000}
        if pair:
            return "dms.json", {**about, "members": members}, about["id"]
        wanted = room.name
        if room.kind == "direct":
            wanted = "mpdm-" + "--".join(self._people[key].name for key in room.members) + "-1"
        name = channel_name(wanted, self._names)
        remark = {"creator": "", "last_set": 0}
        about |= {
            "name": name,
            "creator": members[0] if members else "USLACKBOT",
            "is_archived": room.archived,
            "is_general": False,
            "members": members,
            "topic": {"value": room.topic, **remark},
            "purpose": {"value": room.name if room.name != name else "", **remark},
        }
        lists = {"public": "channels.json", "private": "groups.json", "direct": "mpims.json"}
        return lists[room.kind], about, name

    def _write_days(self, folder: str) -> None:
        waiting = self._rows.ordered()
        first = next(waiting, None)
        while first is not None:
            rest: list[tuple[int, dict[str, Any]]] = []
            self._write_json(f"{folder}/{day(first[0])}.json", _of_a_day(first, waiting, rest))
            first = rest[0] if rest else None

    def _write_files(self, message: Message) -> None:
        for file in message.files:
            if file.path is not None and file.key not in self._uploaded:
                self._uploaded.add(file.key)
                self._write_file(file, file.path)

    def _write_file(self, file: File, path: str) -> None:
        name = zipfile.ZipInfo(f"__uploads/{file_id(file.key)}/{safe_name(file.name)}", _EPOCH)
        name.compress_type = zipfile.ZIP_STORED  # most are packed already
        with self._export.open(path) as source, self._packed.open(name, "w", force_zip64=True) as out:
            copyfileobj(source, out)

    def _write_json(self, name: str, rows: Iterator[dict[str, Any]]) -> None:
        about = zipfile.ZipInfo(name, _EPOCH)
        about.compress_type = zipfile.ZIP_DEFLATED
        with self._packed.open(about, "w", force_zip64=True) as out:
            before = b"["
            for row in rows:
                out.write(before + b"\n" + json.dumps(row, ensure_ascii=False).encode())
                before = b","
            out.write(b"[]\n" if before == b"[" else b"\n]\n")


def _of_a_day(
    first: tuple[int, dict[str, Any]],
    waiting: Iterator[tuple[int, dict[str, Any]]],
    rest: list[tuple[int, dict[str, Any]]],
) -> Iterator[dict[str, Any]]:
    """Those of the day of the first; the first of the next day goes to `rest`."""
    yield first[1]
    for micro, row in waiting:
        if day(micro) != day(first[0]):
            rest.append((micro, row))
            return
        yield row


def _user(person: Person) -> dict[str, Any]:
    shown = person.display_name or person.name
    return {
        "id": user_id(person.key),
        "team_id": TEAM,
        "name": person.name,
        "deleted": person.deleted,
        "real_name": shown,
        "is_bot": person.bot,
        "profile": {"real_name": shown, "display_name": person.display_name},
    }

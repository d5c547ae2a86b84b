"""The reader of dumps of Microsoft Teams."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import ClassVar, Final

import msgspec
from msgspec.structs import replace

from chatctl.imports.archive import Archive
from chatctl.imports.archived_export import ArchivedExport
from chatctl.imports.export import Unreadable
from chatctl.imports.glance import glance
from chatctl.imports.json_decoding import NotJson, decoded
from chatctl.imports.keys import bounded
from chatctl.imports.ordering import Ordering
from chatctl.imports.problems import lost_in
from chatctl.imports.records import Message, Person, Room
from chatctl.imports.teams.chat_files import ChatFiles
from chatctl.imports.teams.messages import Reader
from chatctl.imports.teams.places import LISTS, is_pair, read_directory, rows
from chatctl.imports.teams.rows import Row, shown

MAX_ROOMS: Final = 200_000
MAX_MEMBERS: Final = 1_000  # of a chat
_MESSAGES: Final = re.compile(r"(?:.*/)?(?:teams/[^/]+|users/(?P<person>[^/]+))/messages_[^/]+\.json")
_OWN: Final = "48:"  # what everybody has for themselves, such as `48:notes`, is called the same for all
_ROW: Final = msgspec.json.Decoder(Row)


class TeamsDump(ArchivedExport):
    """A file has the messages of all channels of a team, or of all chats of a person, in no order, and a chat
    is in the files of all who are in it: they are read once, when they are first asked for, and kept on the
    disk. Ids of people, channels and chats are the same everywhere."""

    format: ClassVar[str] = "teams"

    def __init__(self, archive: Archive) -> None:
        self.source = ""
        super().__init__(archive)
        base = archive.base(*LISTS, of=lambda folder: re.sub(r"(?:teams|users)/\Z", "", folder))
        if base is None:
            raise Unreadable(f"{archive.name} has neither teamsList.json nor usersList.json")
        self._base = base
        self._directory = read_directory(archive, self._base, archive.problems)
        self._reader = Reader(archive.problems, self._directory.people)
        self._listed = dict(self._directory.people)
        self._ordering = Ordering()
        self._files = ChatFiles()
        self._rooms: dict[str, Room] | None = None

    @classmethod
    def looks_like(cls, path: Path) -> bool:
        with glance(path) as seen:
            return bool(seen.named(*LISTS)) and any(_MESSAGES.fullmatch(name) for name in seen.names)

    def people(self) -> Iterable[Person]:
        return self._listed.values()

    def person(self, key: str) -> Person:
        return self._directory.people.get(key) or Person(key, key)

    def rooms(self) -> Iterable[Room]:
        return self._loaded().values()

    def messages(self, room: str) -> Iterator[Message]:
        name = self._loaded()[room].name
        for message in self._ordering.messages(room):
            where = f"{name} message {message.key}"
            if message.author not in self._listed:
                self.problems.add("missing person", f"{where}: {message.author}")
            if message.thread is not None and self._ordering.find(room, message.thread) is None:
                self.problems.add("missing root", where)
            if message.reply_to is not None:
                found = self._answered(room, message)
                if found is None:
                    self.problems.add("missing root", where)
                message = replace(message, reply_to=found)
            yield message

    def open(self, path: str) -> BufferedReader:
        raise Unreadable("dumps of Teams have no files")

    def __exit__(self, *_: object) -> None:
        self._ordering.close()
        super().__exit__()

    def _answered(self, room: str, message: Message) -> str | None:
        """What is quoted is named without its thread."""
        within = f"{message.thread}/{message.reply_to}"
        for key in (message.reply_to, within):
            if key is not None and self._ordering.find(room, key) is not None:
                return key
        return None

    def _loaded(self) -> dict[str, Room]:
        if self._rooms is None:
            self._rooms = {}
            for number, name in enumerate(self._archive.names(self._base)):
                if found := _MESSAGES.fullmatch(name):
                    for place, row in self._rows(name):
                        self._add(row, number, place, self._rooms, found["person"])
            self._rooms = {key: self._without_who_left(room) for key, room in self._rooms.items()}
        return self._rooms

    def _rows(self, name: str) -> Iterator[tuple[str, Row]]:
        """Also replies that stand in what they are to."""
        for place, row in rows(self._archive, name, _ROW, self.problems):
            yield place, row
            for number, raw in enumerate(row.replies or (), 1):
                where = f"{place} reply {number}"
                try:
                    reply = decoded(raw, _ROW, lost_in(self.problems, where))
                except NotJson:
                    self.problems.add("unreadable", where)
                    continue
                yield (
                    where,
                    replace(
                        reply,
                        reply_to_id=reply.reply_to_id or row.id,
                        channel_identity=reply.channel_identity or row.channel_identity,
                        chat_id=reply.chat_id or row.chat_id,
                    ),
                )

    def _add(self, row: Row, file: int, place: str, rooms: dict[str, Room], person: str | None) -> None:
        """`person`: whose file it stands in, which has the chats that they are in."""
        channel = row.channel_identity.channel_id if row.channel_identity is not None else None
        key = bounded(shown(channel or row.chat_id))
        if key.startswith(_OWN):
            key = bounded(f"{key}/{person}")
        message = self._reader.message(row, place) if key else None
        if not key:
            self.problems.add("unreadable", f"{place}: of no channel and no chat")
        if message is None or (key not in rooms and len(rooms) >= MAX_ROOMS):
            return
        if key not in rooms:
            rooms[key] = self._directory.room(key, row)
        self._ordering.put(key, message, file, self.problems, place)
        if rooms[key].kind == "direct":
            self._files.note(key, person, message.at)
            there = (message.author, person) if person in self._listed else (message.author,)
            members = dict.fromkeys((*rooms[key].members, *there))
            if len(members) > len(rooms[key].members):
                rooms[key] = replace(rooms[key], members=tuple(members)[:MAX_MEMBERS])

    def _without_who_left(self, room: Room) -> Room:
        """A direct room is for the same people for ever: a chat that somebody has left is none."""
        if room.kind != "direct" or is_pair(room.key):
            return room
        members = tuple(one for one in room.members if not self._files.show_that_left(room.key, one))
        return room if members == room.members else replace(room, kind="private", members=members)

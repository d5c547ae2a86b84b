"""The reader of Zulip's exports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar

import msgspec

from chatctl.imports.archive import Archive
from chatctl.imports.archived_export import ArchivedExport
from chatctl.imports.export import Unreadable
from chatctl.imports.glance import glance
from chatctl.imports.json_decoding import NotJson, decoded
from chatctl.imports.json_rows import Rows
from chatctl.imports.json_text import ANY, elements
from chatctl.imports.ordering import Ordering
from chatctl.imports.problems import Problems
from chatctl.imports.records import CustomEmoji, Message, Person, Room, plain
from chatctl.imports.zulip.messages import (
    Reader,
    Row,
    Sent,
    Topic,
    milliseconds,
    people_of,
    room_key,
    topic_of,
)
from chatctl.imports.zulip.tables import Recipient, User, read_tables

REALM: Final = "realm.json"
MAX_TOPICS: Final = 500_000  # that become threads
MAX_EMOJI: Final = 10_000
_CHUNK: Final = re.compile(r"messages-\d{1,9}\.json(?:\.partial)?")
# What Zulip before version 10 put before the name of a stream that was archived.
_ARCHIVED: Final = re.compile(r"^(?:[0-9a-f]{7}|!*)!DEACTIVATED:(?=.)")
_MESSAGES: Final = Rows(
    {(): "object", ("zerver_message",): "list", (ANY,): "any"}, ("zerver_message", ANY), "message"
)
_ROW: Final = msgspec.json.Decoder(Row)
_SENT: Final = msgspec.json.Decoder(Sent)

T = TypeVar("T")


class ZulipRealm(ArchivedExport):
    """Messages stand in files by their ids, of all rooms mixed: they are read once, when they are first asked
    for, and kept on the disk."""

    format: ClassVar[str] = "zulip"

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive)
        base = archive.base(REALM)
        if base is None:
            raise Unreadable(f"{archive.name} has no {REALM}: it is no export of Zulip, or not complete")
        self._base = base
        self._tables = read_tables(archive, base + REALM, archive.problems)
        self.source = self._tables.realm
        self._ordering = Ordering()
        self._rooms: dict[str, Room] | None = None
        self._by_name = self._unique_names()

    @classmethod
    def looks_like(cls, path: Path) -> bool:
        with glance(path) as seen:
            chunks = any(_CHUNK.fullmatch(name.rpartition("/")[2]) for name in seen.names)
            return bool(seen.named(REALM)) and (chunks or bool(seen.named("attachment.json")))

    def people(self) -> Iterator[Person]:
        for user in self._tables.users.values():
            yield _person(user)

    def person(self, key: str) -> Person:
        user = self._tables.users.get(int(key)) if key.isascii() and key.isdecimal() else None
        return Person(key, key) if user is None else _person(user)

    def rooms(self) -> Iterable[Room]:
        return self._loaded().values()

    def messages(self, room: str) -> Iterator[Message]:
        self._loaded()
        return self._ordering.messages(room)

    def emoji(self) -> Iterator[CustomEmoji]:
        name = f"{self._base}emoji/records.json"
        if name not in self._archive:
            return
        with self._archive.open(name) as stream:
            for at, (_, raw) in enumerate(elements(stream, name, self.problems)):
                record = _dictionary(raw)
                known = self._tables.emoji.get(str(record.get("name")))
                path = f"{self._base}emoji/{record.get('path')}"
                if known is not None and path in self._archive and at < MAX_EMOJI:
                    yield CustomEmoji(plain(str(record["name"]))[:64], path)

    def __exit__(self, *_: object) -> None:
        self._tables.reactions.close()
        self._ordering.close()
        super().__exit__()

    def _loaded(self) -> dict[str, Room]:
        if self._rooms is None:
            self._rooms = {}
            for each in self._tables.recipients.values():
                if each.type == 2:
                    self._add_room(each, 0)
            reader = Reader(
                self._tables,
                self._archive,
                self._base,
                self.problems,
                self._first_of_topics(),
                self._by_name.get,
            )
            for place, row in self._chunks(_ROW, self.problems):
                found = reader.message(row, place)
                if found is None:
                    continue
                self._add_room(self._tables.recipients[row.recipient], row.sender)
                self._ordering.put(*found, 0, self.problems, place)
        return self._rooms

    def _first_of_topics(self) -> dict[Topic, int]:
        first: dict[Topic, tuple[float, int]] = {}
        for _, sent in self._chunks(_SENT, Problems()):
            if sent.date_sent is None:
                continue
            topic, time = topic_of(sent), (sent.date_sent, sent.id)
            if topic in first:
                first[topic] = min(first[topic], time)
            elif len(first) < MAX_TOPICS:
                first[topic] = time
        return {topic: id_ for topic, (_, id_) in first.items()}

    def _chunks(self, decoder: msgspec.json.Decoder[T], problems: Problems) -> Iterator[tuple[str, T]]:
        for name in self._archive.names(f"{self._base}messages-"):
            if _CHUNK.fullmatch(name.removeprefix(self._base)):
                yield from _MESSAGES.read(self._archive, name, decoder, problems)

    def _add_room(self, recipient: Recipient, sender: int) -> None:
        assert self._rooms is not None
        key = room_key(self._tables, recipient, sender)
        if key in self._rooms:
            return
        people = tuple(dict.fromkeys(str(each) for each in people_of(self._tables, recipient, sender)))
        stream = self._tables.streams.get(recipient.type_id) if recipient.type == 2 else None
        if stream is None:
            self._rooms[key] = Room(key, key, "private" if recipient.type == 2 else "direct", members=people)
            return
        self._rooms[key] = Room(
            key,
            _ARCHIVED.sub("", plain(stream.name or key))[:200],
            "private" if stream.invite_only else "public",
            plain(stream.description or ""),
            bool(stream.deactivated),
            people,
            milliseconds(stream.date_created),
        )

    def _unique_names(self) -> dict[str, int]:
        """Names that only one person has."""
        found: dict[str, int | None] = {}
        for user in self._tables.users.values():
            name = user.full_name or ""
            found[name] = None if name in found else user.id
        return {name: id_ for name, id_ in found.items() if id_ is not None}


def _person(user: User) -> Person:
    name = plain(user.full_name or "")[:200] or str(user.id)
    address = plain(user.delivery_email or user.email or "")[:320] or None
    return Person(str(user.id), name, name, address, bool(user.is_bot), user.is_active is False)


def _dictionary(raw: bytes) -> dict[str, Any]:
    try:
        return decoded(raw, msgspec.json.Decoder(dict[str, Any]))
    except NotJson:
        return {}

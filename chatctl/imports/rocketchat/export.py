"""A dump of Rocket.Chat's database, as the importer reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import nlargest
from pathlib import Path
from typing import BinaryIO, ClassVar, Final

from msgspec import structs

from chatctl.imports.archive import Archive
from chatctl.imports.archived_export import ArchivedExport
from chatctl.imports.glance import glance
from chatctl.imports.ordering import Ordering
from chatctl.imports.records import CustomEmoji, Message, Person, Room, Version
from chatctl.imports.rocketchat.dump import MESSAGES, Dump
from chatctl.imports.rocketchat.fields import key, word, words
from chatctl.imports.rocketchat.grid import Grid
from chatctl.imports.rocketchat.messages import FIELDS, Messages
from chatctl.imports.rocketchat.people import People
from chatctl.imports.rocketchat.rooms import rooms

_VERSIONS: Final = "\n"  # between a room and a message in the name under which former texts are kept
_MOST_VERSIONS: Final = 100  # of a message


class RocketChatDump(ArchivedExport):
    format: ClassVar[str] = "rocketchat"

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive)
        self._dump = Dump(archive)
        self.source = self._server()
        self._people = People(self._dump)
        self._rooms = rooms(self._dump, self._people, self.problems)
        self._uploads = Grid(self._dump, "rocketchat_uploads")
        self._emoji = Grid(self._dump, "custom_emoji")
        self._ordering: Ordering | None = None

    @classmethod
    def looks_like(cls, path: Path) -> bool:
        with glance(path) as seen:
            return bool(seen.named(f"{MESSAGES}.bson", f"{MESSAGES}.bson.gz"))

    def people(self) -> Iterable[Person]:
        return self._people.listed.values()

    def person(self, key: str) -> Person:
        return self._people.person(key)

    def rooms(self) -> Iterable[Room]:
        """Also those that only messages tell of."""
        self._ordered()
        return self._rooms.values()

    def messages(self, room: str) -> Iterator[Message]:
        ordering = self._ordered()
        for message in ordering.messages(room):
            if message.reply_to is not None and ordering.find(room, message.reply_to) is None:
                message = structs.replace(message, reply_to=None)  # it quotes one of another room
            if message.thread is not None and ordering.find(room, message.thread) is None:
                self.problems.add("missing root", f"{message.key} in {self._rooms[room].name or room}")
            if message.edited_at is not None:
                message = structs.replace(message, versions=self._versions(ordering, room, message))
            yield message

    def emoji(self) -> Iterable[CustomEmoji]:
        for _, row in self._dump.documents("rocketchat_custom_emoji", "name", "aliases", "extension"):
            file = f"{word(row, 'name')}.{word(row, 'extension')}"
            if self._emoji.size(file) is None:
                self.problems.add("missing file", f"emoji {word(row, 'name')}")
                continue
            for name in dict.fromkeys((word(row, "name"), *words(row, "aliases"))):
                yield CustomEmoji(name, f"grid:emoji:{file}")

    def open(self, path: str) -> BinaryIO:
        grids = {"uploads": self._uploads, "emoji": self._emoji}
        kind, _, rest = path.partition(":")
        bucket, _, file = rest.partition(":")
        if kind == "grid" and bucket in grids:
            return grids[bucket].open(file)
        return self._archive.open(path)

    def __exit__(self, *_: object) -> None:
        self._uploads.close()
        self._emoji.close()
        if self._ordering is not None:
            self._ordering.close()
        super().__exit__()

    def _server(self) -> str:
        """The id of the server, of all its settings, among which are secrets, the only one that is read."""
        for _, row in self._dump.documents("rocketchat_settings", "_id"):
            if word(row, "_id") == "uniqueID":
                break
        else:
            return ""
        found = self._dump.documents("rocketchat_settings", "_id", "value")
        return next((word(row, "value")[:200] for _, row in found if word(row, "_id") == "uniqueID"), "")

    def _ordered(self) -> Ordering:
        if self._ordering is not None:
            return self._ordering
        self._ordering = ordering = Ordering()
        messages = Messages(self._archive, self._dump.base, self._people, self._uploads)
        for place, row in self._dump.documents(MESSAGES, *FIELDS):
            message = messages.message(row, place)
            room = key(row, "rid")
            if message is None:
                continue
            if room not in self._rooms:
                self._rooms[room] = Room(room, room, "private")
            if row.get("_hidden") is True:
                # What a message was before an edit is kept as a message of its own, which nobody sees.
                if parent := key(row, "parent"):
                    ordering.add(f"{room}{_VERSIONS}{parent}", message)
            elif ordering.add(room, message) is not None:
                self.problems.add("same key", f"{place}: {message.key}")
        return ordering

    def _versions(self, ordering: Ordering, room: str, message: Message) -> tuple[Version, ...]:
        """The newest ones. Each has the time of the message itself, and that at which it was replaced."""
        kept = ordering.messages(f"{room}{_VERSIONS}{message.key}")
        told = ((one.edited_at or one.at, place, one.text) for place, one in enumerate(kept))
        newest = nlargest(_MOST_VERSIONS + 1, told)[::-1]
        times = [message.at, *(replaced for replaced, _, _ in newest)]
        found = [Version(text, at) for (_, _, text), at in zip(newest, times, strict=False)]
        return tuple(found[-_MOST_VERSIONS:])

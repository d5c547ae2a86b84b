"""The reader of Matrix rooms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar, Final

from msgspec.structs import replace

from chatctl.imports.archive import Archive
from chatctl.imports.archived_export import ArchivedExport
from chatctl.imports.export import Unreadable
from chatctl.imports.glance import glance
from chatctl.imports.matrix.changes import Changes
from chatctl.imports.matrix.events import local_part
from chatctl.imports.matrix.messages import Reader
from chatctl.imports.matrix.room import RoomFile, events, first_look
from chatctl.imports.ordering import Ordering
from chatctl.imports.records import Message, Person, Room

MAX_ROOMS: Final = 10_000
_LOOKED_AT: Final = 20


class MatrixRooms(ArchivedExport):
    """Ids of rooms, events and people have their server in them: they are the same everywhere."""

    format: ClassVar[str] = "matrix"

    def __init__(self, archive: Archive) -> None:
        self.source = ""
        super().__init__(archive)
        self._people: dict[str, Person] = {}
        self._files: dict[str, list[RoomFile]] = {}
        for name in archive.names():
            if not name.lower().endswith(".json"):
                continue
            found = first_look(archive, name, self._people) if len(self._files) < MAX_ROOMS else None
            if found is None:
                self.problems.add("skipped", name)
            else:
                self._files.setdefault(found.key, []).append(found)
        if not self._files:
            raise Unreadable(
                f"{archive.name} has no JSON of Element: export the room as JSON, from its beginning"
            )

    @classmethod
    def looks_like(cls, path: Path) -> bool:
        with glance(path) as seen:
            return any(
                b'"room_name"' in begin and b'"room_creator"' in begin and b'"exported_by"' in begin
                for begin in map(seen.head, seen.ending(".json")[:_LOOKED_AT])
            )

    def people(self) -> Iterable[Person]:
        return self._people.values()

    def person(self, key: str) -> Person:
        return self._people.get(key) or Person(key, local_part(key))

    def rooms(self) -> Iterator[Room]:
        for files in self._files.values():
            yield files[-1].room()

    def messages(self, room: str) -> Iterator[Message]:
        files = self._files[room]
        related = any(file.related for file in files)
        with Ordering() as ordering:
            changes = Changes(ordering, self.problems)
            for number, file in enumerate(files):
                self._read(file, number, room, ordering, changes)
            for message in ordering.messages(room):
                where = f"{files[-1].title} event {message.key}"
                changed = changes.applied(message, room, where) if related else message
                yield self._finished(changed, room, where, ordering)

    def _read(self, file: RoomFile, number: int, room: str, ordering: Ordering, changes: Changes) -> None:
        reader = Reader(self._archive, file, self.problems)
        for place, event in events(self._archive, file.name, self.problems):
            message = reader.message(event, place)
            if message is not None:
                ordering.put(room, message, number, self.problems, place)
            elif file.related:
                changes.add(event, room, place)

    def _finished(self, message: Message, room: str, where: str, ordering: Ordering) -> Message:
        if message.author not in self._people:
            self.problems.add("missing person", f"{where}: {message.author}")
        if message.thread is not None and ordering.find(room, message.thread) is None:
            self.problems.add("missing root", where)
        if message.reply_to is not None and ordering.find(room, message.reply_to) is None:
            self.problems.add("missing root", where)
            return replace(message, reply_to=None)
        return message

"""What tests of readers share: an export read whole."""

from __future__ import annotations

import zipfile
from pathlib import Path

from attrs import Factory, frozen

from chatctl.imports.export import Export, Options
from chatctl.imports.records import Message, Person, Room, with_names


@frozen
class Everything:
    rooms: list[Room]
    people: dict[str, Person]
    by_room: dict[str, list[Message]]
    problems: dict[str, int] = Factory(dict)

    @property
    def messages(self) -> list[Message]:
        return [message for found in self.by_room.values() for message in found]

    def texts(self) -> list[str]:
        names = {key: person.name for key, person in self.people.items()}
        return [with_names(message.text, names) for message in self.messages]

    def said(self) -> list[tuple[str, str]]:
        """Who said what; system messages are left out."""
        return [
            (self.people[message.author].name, text)
            for message, text in zip(self.messages, self.texts(), strict=True)
            if not message.system
        ]


def everything(kind: type[Export], path: Path, **options: object) -> Everything:
    with kind.read(path, Options(**options)) as export:  # type: ignore[arg-type]
        people = {person.key: person for person in export.people()}
        rooms = list(export.rooms())
        by_room = {room.key: list(export.messages(room.key)) for room in rooms}
        for found in by_room.values():
            assert len({message.key for message in found}) == len(found), "a key stands twice"
            assert all(0 < len(message.key) <= 200 for message in found)
            for message in found:
                people.setdefault(message.author, export.person(message.author))
                message.text.encode()
        counts = {kind: problem.count for kind, problem in export.problems.by_kind.items()}
    return Everything(rooms, people, by_room, counts)


def folder(at: Path, files: dict[str, str | bytes]) -> Path:
    for name, text in files.items():
        path = at / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return at


def zipped(at: Path, files: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(at, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return at

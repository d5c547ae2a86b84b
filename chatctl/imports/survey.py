"""What is in an export, counted: for `chatctl import plan`, which changes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable

from attrs import Factory, define

from chatctl.imports.export import Export
from chatctl.imports.problems import Kind, Problem
from chatctl.imports.records import Person, Room


@define
class RoomCount:
    """Times are Unix milliseconds; None without messages."""

    room: Room
    messages: int = 0
    first: int | None = None
    last: int | None = None


@define
class Survey:
    """`authors`: how many messages each person wrote, by key; `files` are in the export, `files_elsewhere`
    are not; `future` messages are from later than `now`."""

    format: str
    source: str
    people: dict[str, Person] = Factory(dict)
    rooms: list[RoomCount] = Factory(list)
    authors: dict[str, int] = Factory(dict)
    messages: int = 0
    replies: int = 0
    edited: int = 0
    deleted: int = 0
    reactions: int = 0
    pins: int = 0
    files: int = 0
    files_elsewhere: int = 0
    file_bytes: int = 0
    emoji: int = 0
    future: int = 0
    problems: dict[Kind, Problem] = Factory(dict)
    now: int = Factory(lambda: time.time_ns() // 1_000_000)


def survey(export: Export, told: Callable[[int], None] = lambda messages: None) -> Survey:
    """Reads all of it; `told` hears how many messages were read, every thousand."""
    found = Survey(export.format, export.source, {person.key: person for person in export.people()})
    for room in export.rooms():
        _count(export, room, found, told)
    for author in found.authors:
        if author not in found.people:
            found.people[author] = export.person(author)
    found.emoji = sum(1 for _ in export.emoji())
    found.problems = dict(export.problems.by_kind)
    return found


def _count(export: Export, room: Room, found: Survey, told: Callable[[int], None]) -> None:
    counted = RoomCount(room)
    found.rooms.append(counted)
    authors = found.authors
    for message in export.messages(room.key):
        counted.messages += 1
        counted.first = message.at if counted.first is None else min(counted.first, message.at)
        counted.last = message.at if counted.last is None else max(counted.last, message.at)
        authors[message.author] = authors.get(message.author, 0) + 1
        found.messages += 1
        found.future += message.at > found.now
        if found.messages % 1000 == 0:
            told(found.messages)
        found.replies += message.thread is not None or message.reply_to is not None
        found.edited += message.edited_at is not None or bool(message.versions)
        found.deleted += message.deleted
        found.reactions += len(message.reactions)
        found.pins += message.pinned_by is not None
        for file in message.files:
            if file.path is None:
                found.files_elsewhere += 1
            else:
                found.files += 1
                found.file_bytes += file.size or 0

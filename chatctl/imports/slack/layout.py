"""Where things stand in a Slack export: its lists, and the folder of each room.

An export of an organisation (Enterprise Grid) has that of each workspace under `teams/`, and beside it what
several workspaces share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, TypeVar

from attrs import Factory, define
from msgspec import Struct
from msgspec.json import Decoder

from chatctl.imports.archive import Archive
from chatctl.imports.export import Unreadable
from chatctl.imports.json_rows import Rows
from chatctl.imports.json_text import ANY, EACH
from chatctl.imports.keys import bounded
from chatctl.imports.problems import Problems
from chatctl.imports.records import Room, plain
from chatctl.imports.slack.days import DAY
from chatctl.imports.slack.mrkdwn import topic_of
from chatctl.imports.slack.rows import ROOM, RoomRow, seconds

LISTS: Final = ("channels.json", "groups.json", "mpims.json", "dms.json")
USERS: Final = ("users.json", "org_users.json")
ROOMS: Final = 100_000
_WORKSPACES: Final = 10_000
_MEMBERS: Final = 5_000_000  # of all rooms
_TEAMS: Final = "teams/"
_IN_TEAMS: Final = re.compile("(?:^|(?<=/))teams/")
_ID: Final = re.compile(r"[CGD][A-Z0-9]{6,20}")
# The folder of the comments on a canvas: its id and, as it is called now, its title, which may have anything.
_CANVAS: Final = re.compile(r"FC[:_](F[A-Z0-9]{6,20})(?:[:_](.*))?")
_PINS: Final = 1_000  # of a room
_ENTRIES: Final = Rows(EACH, (ANY,), "entry")  # of a list

T = TypeVar("T", bound=Struct)


@define
class Place:
    """A room, and where it stands."""

    room: Room
    folders: list[str] = Factory(list)
    pins: dict[str, str] = Factory(dict)  # who pinned what, by `ts`


def bases(archive: Archive) -> list[str]:
    """The folders with an export: that with the lists, and those of the workspaces of an organisation."""
    first = archive.base(*LISTS, *USERS, of=lambda folder: _IN_TEAMS.split(folder)[0])
    if first is None:
        return []
    workspaces: dict[str, None] = {}
    for name in archive.names(first + _TEAMS):
        workspace, slash, _ = name[len(first + _TEAMS) :].partition("/")
        if slash:
            workspaces[f"{first}{_TEAMS}{workspace}/"] = None
        if len(workspaces) > _WORKSPACES:
            raise Unreadable(f"{archive.name} has more than {_WORKSPACES:,} workspaces: import it in parts")
    return [first, *workspaces]


def rows(archive: Archive, name: str, decoder: Decoder[T], problems: Problems) -> Iterator[T]:
    """What a list has; nothing if it is not there."""
    if name not in archive:
        return
    try:
        for _, row in _ENTRIES.read(archive, name, decoder, problems):
            yield row
    except Unreadable as error:
        problems.add("unreadable", str(error))


def places(archive: Archive, bases: list[str], problems: Problems) -> dict[str, Place]:
    """All rooms, by key."""
    found: dict[str, Place] = {}
    members = Members(archive, problems)
    for base in bases:
        for name in LISTS:
            for row in rows(archive, base + name, ROOM, problems):
                if len(found) >= ROOMS:
                    raise Unreadable(f"{archive.name} has more than {ROOMS:,} rooms: import it in parts")
                _take(found, row, name, base, members)
    _take_unlisted(found, archive, bases)
    return found


class Members:
    """The members of all rooms, whose keys are kept once."""

    def __init__(self, archive: Archive, problems: Problems) -> None:
        self.archive, self._problems = archive, problems
        self._keys: dict[str, str] = {}
        self._count = 0

    def of(self, row: RoomRow, place: str) -> tuple[str, ...]:
        names = row.members or ()
        self._count += len(names)
        if self._count > _MEMBERS:
            self._problems.add("skipped", f"{place}: members of {row.name or row.id}")
            return ()
        keys = dict.fromkeys(bounded(plain(one)) for one in names)
        return tuple(self._keys.setdefault(one, one) for one in keys)


def _take(found: dict[str, Place], row: RoomRow, name: str, base: str, members: Members) -> None:
    key, archive = bounded(plain(row.id)), members.archive
    place = found.setdefault(key, Place(_room(key, row, name, members.of(row, base + name))))
    place.pins.update(_pins(row))
    # Direct chats have a folder by their id; some programs that make exports name all so.
    for folder in dict.fromkeys((row.name, row.id)):
        if folder and "/" not in folder and folder not in (".", ".."):
            path = f"{base}{folder}/"
            if path not in place.folders and next(archive.names(path), None) is not None:
                place.folders.append(path)


def _room(key: str, row: RoomRow, list_name: str, members: tuple[str, ...]) -> Room:
    direct = list_name in ("dms.json", "mpims.json") or row.is_im or row.is_mpim
    topic = (row.topic and row.topic.value) or (row.purpose and row.purpose.value) or ""
    created = seconds(row.created)
    return Room(
        key,
        "" if direct else plain(row.name or "") or key,
        "direct" if direct else "private" if list_name == "groups.json" or row.is_private else "public",
        topic_of(topic),
        bool(row.is_archived),
        members,
        None if created is None else int(created * 1000),
    )


def _pins(row: RoomRow) -> dict[str, str]:
    """A pin of a file has the file's id, and stands for no message."""
    pins = (row.pins or [])[:_PINS]
    return {pin.id: bounded(plain(pin.user or "")) for pin in pins if pin.id and pin.type in ("C", None)}


def _take_unlisted(found: dict[str, Place], archive: Archive, bases: list[str]) -> None:
    """Rooms that are in no list, as some exports have them. Nobody says who could read them: they are
    private."""
    known = {folder for place in found.values() for folder in place.folders}
    base = bases[0] if bases else ""
    at = base
    for name in archive.names(base):
        if name.startswith(at) and at != base:
            continue
        folder, slash, rest = name[len(base) :].partition("/")
        if _CANVAS.fullmatch(folder):
            folder, slash, rest = name[len(base) :].rpartition("/")
        at = f"{base}{folder}/"
        if not slash or at in known or at in bases or not DAY.fullmatch(rest) or len(found) >= ROOMS:
            continue
        room = _unlisted(folder)
        found.setdefault(room.key, Place(room)).folders.append(at)


def _unlisted(folder: str) -> Room:
    canvas = _CANVAS.fullmatch(folder)
    if canvas is not None:
        return Room(f"FC:{canvas[1]}", plain(canvas[2] or "") or f"canvas {canvas[1]}", "private")
    key = folder if _ID.fullmatch(folder) else bounded(f"folder:{plain(folder)}")
    return Room(key, plain(folder), "private")

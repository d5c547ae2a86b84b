"""The rooms of a Rocket.Chat server: channels, private groups, discussions, direct messages, livechats."""

from __future__ import annotations

from typing import Final, Literal

from chatctl.imports.export import Unreadable
from chatctl.imports.keys import bounded
from chatctl.imports.problems import Problems
from chatctl.imports.records import Room
from chatctl.imports.rocketchat.bson import Document
from chatctl.imports.rocketchat.dump import Dump
from chatctl.imports.rocketchat.fields import key, moment, word, words
from chatctl.imports.rocketchat.people import People

_ROOMS: Final = 100_000
_FIELDS: Final = (
    *("_id", "t", "name", "fname", "label", "topic", "description", "announcement"),
    *("archived", "ts", "uids", "usernames"),
)
# Livechats and calls are talks with guests: nobody outside may see them.
_KINDS: Final[dict[str, Literal["public", "private", "direct"]]] = {
    "c": "public",
    "p": "private",
    "d": "direct",
    "l": "private",
    "v": "private",
}


def rooms(dump: Dump, people: People, problems: Problems) -> dict[str, Room]:
    found: dict[str, Room] = {}
    for place, row in dump.documents("rocketchat_room", *_FIELDS):
        kind = word(row, "t")
        if kind not in _KINDS:
            problems.add("unknown kind", f"{place}: {kind[:40]}")
        if len(found) >= _ROOMS:
            raise Unreadable(f"the dump has more than {_ROOMS:,} rooms")
        room = key(row)
        if room:
            found[room] = _room(room, _KINDS.get(kind, "private"), row, people)
    return found


def _room(room: str, kind: Literal["public", "private", "direct"], row: Document, people: People) -> Room:
    members = _pair(room, row, people) if kind == "direct" else tuple(people.rooms.get(room, ()))
    # A discussion has a random name, and its title in `fname`.
    name = word(row, "fname") or word(row, "label") or word(row, "name") or room
    return Room(
        room,
        "" if kind == "direct" else name,
        kind,
        word(row, "topic") or word(row, "description") or word(row, "announcement"),
        row.get("archived") is True,
        members,
        moment(row, "ts"),
    )


def _pair(room: str, row: Document, people: People) -> tuple[str, ...]:
    """Whom a direct room is for: it says so, or its id is two of people in a row."""
    found = [bounded(one) for one in words(row, "uids")] or [
        people.named(one) for one in words(row, "usernames")
    ]
    if not found:
        halves = room[: len(room) // 2], room[len(room) // 2 :]
        splits = [(room[:at], room[at:]) for at in range(1, len(room)) if room[:at] in people.listed]
        found = list(next((split for split in splits if split[1] in people.listed), halves))
    return tuple(dict.fromkeys(found))

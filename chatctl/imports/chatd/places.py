"""The people, rooms and emoji that an export of chatd names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from msgspec import Raw

from chatctl.imports.chatd.rows import EMOJI, MEMBER, ROOM, SPACE, EmojiRow, MemberRow, RoomRow, is_time
from chatctl.imports.export import Unreadable
from chatctl.imports.json_decoding import decoded
from chatctl.imports.keys import bounded
from chatctl.imports.problems import Problems, lost_in
from chatctl.imports.records import Person, Room, plain
from chatd.domain.names.keys import name_key

_PEOPLE: Final = 500_000
_ROOMS: Final = 100_000
_MEMBERS: Final = 5_000_000  # of all rooms together
_EMOJI: Final = 10_000
_SPACES: Final = 10_000


class Places:
    """`names`: keys of people by `name_key`."""

    def __init__(self, problems: Problems) -> None:
        self.people: dict[str, Person] = {}
        self._authors: dict[str, Person] = {}  # who were never members
        self.names: dict[str, str] = {}
        self.emoji: dict[str, EmojiRow] = {}
        self._spaces: dict[str, str] = {}
        self._rooms: dict[str, RoomRow] = {}
        self._members: dict[str, dict[str, None]] = {}
        self._count = 0
        self._problems = problems

    def take(self, kind: str, data: Raw, place: str) -> bool:
        """Whether the line is of a kind that is known here."""
        lost = lost_in(self._problems, place)
        match kind:
            case "space":
                row = decoded(data, SPACE, lost)
                if len(self._spaces) < _SPACES:
                    self._spaces[plain(row.space)] = plain(row.name)
            case "room":
                self._take_room(decoded(data, ROOM, lost))
            case "member":
                self._take_member(decoded(data, MEMBER, lost), place)
            case "author":
                self._take_author(decoded(data, MEMBER, lost))
            case "emoji":
                if len(self.emoji) < _EMOJI:
                    emoji = decoded(data, EMOJI, lost)
                    self.emoji.setdefault(emoji.name, emoji)
            case _:
                return False
        return True

    @property
    def space(self) -> str:
        """The name of the only space; empty: there is none, or several."""
        return next(iter(self._spaces.values())) if len(self._spaces) == 1 else ""

    def person(self, key: str) -> Person:
        return self.people.get(key) or self._authors.get(key) or Person(key, key)

    def rooms(self) -> Iterator[Room]:
        for key, row in self._rooms.items():
            members = dict.fromkeys(bounded(plain(one)) for one in row.people or ())
            yield Room(
                key,
                self._name(row) or self._by_people([*members] or [*self._members.get(key, ())]),
                _kind(row),
                plain(row.topic or ""),
                row.archived,
                tuple({**members, **self._members.get(key, {})}),
                row.created_at if is_time(row.created_at) else None,
            )

    def _name(self, row: RoomRow) -> str:
        """With its space before it, where the export has several."""
        name, space = plain(row.name), self._spaces.get(plain(row.space or ""))
        return f"{space}: {name}" if name and space and len(self._spaces) > 1 else name

    def _by_people(self, keys: list[str]) -> str:
        return ", ".join(self.people[key].name for key in keys[:10] if key in self.people)

    def _take_room(self, row: RoomRow) -> None:
        if len(self._rooms) >= _ROOMS:
            raise Unreadable(f"the export has more than {_ROOMS:,} rooms: import it in parts")
        self._rooms.setdefault(bounded(plain(row.room)), row)

    def _take_author(self, row: MemberRow) -> None:
        self._take_person(row, self._authors)

    def _take_person(self, row: MemberRow, known: dict[str, Person]) -> str:
        key = bounded(plain(row.account))
        if key not in known:
            if len(known) >= _PEOPLE:
                raise Unreadable(f"the export has more than {_PEOPLE:,} people: import it in parts")
            name = plain(row.name) or key
            shown, deleted = plain(row.display_name or ""), name == _name_of_deleted(key)
            known[key] = Person(key, name, shown, bot=row.bot, deleted=deleted)
            self.names.setdefault(name_key(name), key)
        return key

    def _take_member(self, row: MemberRow, place: str) -> None:
        key = self._take_person(row, self.people)
        if row.room is None:
            return
        room = self._rooms.get(bounded(plain(row.room)))
        # A direct room is for those who have left it, too.
        if row.left_at is not None and (room is None or room.kind != "direct"):
            return
        self._count += 1
        if self._count > _MEMBERS:
            self._problems.add("skipped", f"{place}: a member")
            return
        self._members.setdefault(bounded(plain(row.room)), {})[key] = None


def _name_of_deleted(key: str) -> str:
    """What an account is called whose person has deleted it."""
    return f"deleted-{key[-8:].lower()}"


def _kind(row: RoomRow) -> Literal["public", "private", "direct"]:
    if row.kind == "direct":
        return "direct"
    return "private" if row.private else "public"

"""A Slack export, as the importer reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar, Final

from chatctl.imports.archive import Archive
from chatctl.imports.archived_export import ArchivedExport
from chatctl.imports.export import Unreadable
from chatctl.imports.glance import glance
from chatctl.imports.records import CustomEmoji, Message, Person, Room
from chatctl.imports.slack.days import Days
from chatctl.imports.slack.files import Files
from chatctl.imports.slack.layout import LISTS, USERS, bases, places, rows
from chatctl.imports.slack.messages import Messages
from chatctl.imports.slack.people import SLACKBOT, Authors, person_of
from chatctl.imports.slack.rows import USER

_PEOPLE: Final = 500_000


class SlackExport(ArchivedExport):
    format: ClassVar[str] = "slack"

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive)
        self._bases = bases(archive)
        if not self._bases:
            raise Unreadable(f"{archive.name} has no channels.json and no users.json: is it complete?")
        self._authors = Authors()
        self._people = self._read_people()
        self._places = places(archive, self._bases, self.problems)
        self._names = {key: place.room.name for key, place in self._places.items() if place.room.name}
        self._files = Files(archive, self._bases, self.problems)

    @classmethod
    def looks_like(cls, path: Path) -> bool:
        with glance(path) as seen:
            users, lists = seen.named(*USERS), seen.named(*LISTS)
            # Others have a users.json, too: what is in Slack's has ids that begin with U or W.
            return bool(lists) and (not users or any(_is_list_of_users(seen.head(name)) for name in users))

    def people(self) -> Iterable[Person]:
        return self._people.values()

    def person(self, key: str) -> Person:
        return self._people.get(key) or self._authors.person(key)

    def rooms(self) -> Iterable[Room]:
        return [place.room for place in self._places.values()]

    def messages(self, room: str) -> Iterator[Message]:
        place = self._places[room]
        messages = Messages(
            self._authors, self._files, self._names, self.problems, room, place.pins, place.folders
        )
        roots: set[int] = set()
        for micro, row, name in Days(self._archive, self.problems).rows(place.folders):
            message = messages.message(micro, row, name)
            if message.thread is not None:
                if int(message.thread.replace(".", "")) not in roots:
                    self.problems.add("missing root", f"{name} {message.key}")
            elif row.thread_ts is not None:
                roots.add(micro)
            if message.author not in self._people and message.author != SLACKBOT:
                self.problems.add("missing person", f"{name} {message.key}: {message.author}")
            yield message

    def emoji(self) -> Iterable[CustomEmoji]:
        """Slack exports the names of custom emoji, and no pictures."""
        return ()

    def _read_people(self) -> dict[str, Person]:
        found: dict[str, Person] = {}
        teams: dict[str, int] = {}
        for base in self._bases:
            for name in USERS:
                for row in rows(self._archive, base + name, USER, self.problems):
                    if len(found) >= _PEOPLE:
                        raise Unreadable(f"{self._archive.name} has more than {_PEOPLE:,} people")
                    person = person_of(row)
                    found.setdefault(person.key, person)
                    organisation = row.enterprise_user.enterprise_id if row.enterprise_user else None
                    team = organisation or row.team_id or ""
                    teams[team] = teams.get(team, 0) + 1
        self._authors.keep(found.values())
        teams.pop("", None)
        # Guests from other workspaces stand in the list, too: most are of this one.
        self.source = max(teams, key=lambda team: teams[team], default="")[:200]
        return found


def _is_list_of_users(head: bytes) -> bool:
    return (b'"id"' in head and (b'"U' in head or b'"W' in head)) or head.strip() in (b"[]", b"")

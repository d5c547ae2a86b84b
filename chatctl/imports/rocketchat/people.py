"""The people of a Rocket.Chat server. Of a user's document only names, addresses and state are read; it also
holds what hashes and tokens of passwords and sessions there are."""

from __future__ import annotations

from typing import Final

from chatctl.imports.export import Unreadable
from chatctl.imports.keys import bounded
from chatctl.imports.records import Person
from chatctl.imports.rocketchat.bson import Document
from chatctl.imports.rocketchat.dump import Dump
from chatctl.imports.rocketchat.fields import key, part, parts, word, words

NOBODY: Final = "unknown"
_PEOPLE: Final = 500_000
_UNLISTED: Final = 100_000
_MEMBERS: Final = 2_000_000  # of all rooms


class People:
    def __init__(self, dump: Dump) -> None:
        self.listed: dict[str, Person] = {}
        self.rooms: dict[str, dict[str, None]] = {}  # people by room, each once
        self._by_name: dict[str, str] = {}
        self._keys: dict[str, str] = {}
        self._members = 0
        self._unlisted: dict[str, Person] = {}
        for _, row in dump.documents(
            "users", "_id", "username", "name", "emails", "active", "type", "__rooms"
        ):
            self._take(row)
        for _, row in dump.documents("rocketchat_subscription", "rid", "u"):
            self._joined(key(row, "rid"), key(part(row, "u")))

    def key_of(self, name: str) -> str | None:
        return self._by_name.get(name) or self._by_name.get(name.lower())

    def named(self, name: str) -> str:
        """Who is meant by a user name, of which there may be no list."""
        return self.key_of(name) or bounded(f"username:{name}")

    def author(self, user: Document, alias: str, guest: bool) -> str:
        """Key of whom a message calls its author. Guests of a livechat are in no list. What an integration
        posts as somebody's account bears an `alias`: such an account is as many people as it has names."""
        person = key(user) or NOBODY
        known = self.listed.get(person)
        if alias and not guest and (known is None or alias not in (known.name, known.display_name)):
            persona = bounded(f"{person}/{alias}")
            return self._keep(Person(persona, alias, alias, bot=True))
        if known is None:
            name = word(user, "username") or person
            self._keep(Person(person, name, word(user, "name") or alias))
        return person

    def _keep(self, person: Person) -> str:
        if len(self._unlisted) < _UNLISTED:
            self._unlisted.setdefault(person.key, person)
        return person.key

    def person(self, person: str) -> Person:
        known = self.listed.get(person) or self._unlisted.get(person)
        return known or Person(person, person.removeprefix("username:"))

    def _take(self, row: Document) -> None:
        person = key(row)
        if not person:
            return
        if len(self.listed) >= _PEOPLE:
            raise Unreadable(f"the dump has more than {_PEOPLE:,} people")
        name = word(row, "username") or person
        address = next((word(one, "address") for one in parts(row, "emails")), "") or None
        bot = word(row, "type") in ("bot", "app")
        deleted = row.get("active") is False
        self.listed[person] = Person(person, name, word(row, "name"), address, bot, deleted)
        self._by_name.setdefault(name, person)
        self._by_name.setdefault(name.lower(), person)
        for room in words(row, "__rooms"):
            self._joined(bounded(room), person)

    def _joined(self, room: str, person: str) -> None:
        self._members += 1
        if person and self._members <= _MEMBERS:
            self.rooms.setdefault(room, {})[self._keys.setdefault(person, person)] = None

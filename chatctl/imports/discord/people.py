"""Who wrote: files have no list of people, only an author at each message."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from attrs import define, field

from chatctl.imports.discord.rows import Author, shown
from chatctl.imports.keys import bounded
from chatctl.imports.records import Person, plain

MAX_PEOPLE: Final = 200_000  # who are remembered; others are called by their id
_NO_NUMBER: Final = "0000"  # the discriminator of webhooks


@define
class People:
    _found: dict[str, Person] = field(factory=dict)

    def key(self, author: Author | None) -> str | None:
        """None if there is nothing to know the author by. A webhook speaks under many names, each of them
        another person."""
        if author is None:
            return None
        id_, name = plain(shown(author.id)), plain(author.name or "")[:100]
        if not id_ and not name:
            return None
        hook = bool(author.isBot) and shown(author.discriminator) == _NO_NUMBER
        key = bounded(f"{id_}:{name}" if hook or not id_ else id_)
        if key not in self._found and len(self._found) < MAX_PEOPLE:
            shown_name = plain(author.nickname or "")[:100]
            gone = name.startswith("Deleted User")
            self._found[key] = Person(key, name or key, shown_name, bot=bool(author.isBot), deleted=gone)
        return key

    def all(self) -> Iterable[Person]:
        return self._found.values()

    def person(self, key: str) -> Person:
        return self._found.get(key) or Person(key, key)

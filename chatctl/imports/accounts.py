"""The accounts that stand for the people of an export: those that the admin named, and placeholders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import trio

from chatctl.imports import fit
from chatctl.imports.choice import Choice
from chatctl.imports.export import Content
from chatctl.imports.keys import received, sent
from chatctl.imports.moved import Moved
from chatctl.imports.people_file import NO_MEMBER
from chatctl.imports.records import Message, Person, mentioned, with_names
from chatd.contract.import_ import (
    MAX_PEOPLE,
    MAX_REACTIONS,
    AddImportPeople,
    ImportedPeople,
    ImportedPerson,
    ImportPerson,
)

if TYPE_CHECKING:
    from chatd.client import Client


class Accounts:
    """By the keys of people: `ids` of accounts."""

    def __init__(self, client: Client, export: Content, choice: Choice, moved: Moved) -> None:
        self.ids: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._client = client
        self._export = export
        self._choice = choice
        self._moved = moved
        self._adding = trio.Lock()  # nobody is asked for twice

    async def add(
        self, people: Iterable[Person], members: bool, told: Callable[[], None] = lambda: None
    ) -> None:
        """`members`: they are in the space, unless they had left, are bots, or the admin says no. `told`
        hears that some are known."""
        async with self._adding:
            waiting = iter([person for person in people if person.key not in self.ids])
            while chunk := list(islice(waiting, MAX_PEOPLE)):
                asked = [self._asked(person, members) for person in chunk]
                answer = await self._client.ask(AddImportPeople(self._moved.import_, asked), ImportedPeople)
                for one in answer.people:
                    self._know(one)
                told()

    def _know(self, one: ImportedPerson) -> None:
        key = received(one.key)
        self.ids[key], self._names[key] = one.account, one.name
        self._moved.people += one.made
        if self._choice.accounts.get(key, NO_MEMBER) not in (NO_MEMBER, one.account):
            self._moved.decided_late.append(f"{key} is {one.name}")

    def _asked(self, person: Person, members: bool) -> ImportPerson:
        decided = self._choice.accounts.get(person.key)
        return ImportPerson(
            sent(person.key),
            fit.account_name(person.name, person.display_name, person.key),
            fit.display_name(person.display_name or person.name),
            decided if decided != NO_MEMBER else None,
            members and not (person.bot or person.deleted or decided == NO_MEMBER),
        )

    async def add_keys(self, keys: Iterable[str]) -> None:
        """Those who are in no list."""
        strangers = [key for key in dict.fromkeys(keys) if key not in self.ids]
        if strangers:
            await self.add((self._export.person(key) for key in strangers), members=False)

    async def add_those_in(self, messages: Sequence[Message]) -> None:
        """Whoever wrote, reacted or pinned."""
        await self.add_keys(key for message in messages for key in _people_of(message) if key is not None)

    def named(self, text: str) -> str:
        """The text with the names of whom it mentions: of their accounts, or as the export calls them."""
        keys = mentioned(text)
        if not keys:
            return text
        return with_names(text, {key: self._names.get(key) or self._export.person(key).name for key in keys})


def _people_of(message: Message) -> Iterator[str | None]:
    yield message.author
    yield message.pinned_by
    for reaction in message.reactions[:MAX_REACTIONS]:
        yield reaction.person

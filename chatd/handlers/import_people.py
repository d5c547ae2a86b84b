"""The handler that finds the people of an import, or makes placeholders for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final

import msgspec

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.actors.runtime.envelope import STALE
from chatd.clock import new_id
from chatd.contract.account import AccountResult
from chatd.contract.errors import Refusal
from chatd.contract.import_ import AddImportPeople, ImportedPeople, ImportedPerson, ImportPerson
from chatd.domain.account.decide import RESERVED_DISPLAY_NAME, RESERVED_NAME
from chatd.domain.account.state import NO_SUCH_ACCOUNT
from chatd.domain.event import account_stream, space_stream
from chatd.domain.internal import MakePlaceholder
from chatd.domain.names.taken import DISPLAY_NAME_TAKEN, NAME_TAKEN
from chatd.handlers.imports import TAKEN_BACK, acting, admit, open_import
from chatd.ports import Caller, ImportOpen, ImportPersonUnknown, PutImportPerson, Reader, Row

LONGEST_NAME: Final = 32
TRIES: Final = 100  # names that are tried for a person
UNNAMEABLE: Final = Refusal("conflict", "no name like this one is free for the person; give another `name`")
OTHER_NAME: Final = (NAME_TAKEN, RESERVED_NAME)
NO_DISPLAY_NAME: Final = (DISPLAY_NAME_TAKEN, RESERVED_DISPLAY_NAME)


class ImportPeople(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    commands: CommandBus

    async def add_people(self, caller: Caller, command: AddImportPeople) -> ImportedPeople | Refusal:
        row = await open_import(self.reader, command.import_)
        if isinstance(row, Refusal):
            return row
        known = await self._known(row, [person.key for person in command.people])
        found: list[ImportedPerson] = []
        for person in command.people:
            one = known.get(person.key)
            if one is not None:
                found.append(
                    ImportedPerson(key=person.key, account=one["account"], name=one["name"], made=False)
                )
                continue
            made = await self._add(caller, row, person)
            if isinstance(made, Refusal):
                return made
            found.append(made)
            known[person.key] = {"account": made.account, "name": made.name}
        members = {person.key for person in command.people if person.member}
        stream = space_stream(row["space"])
        coming = [one.account for one in found if one.key in members]
        refusal = await admit(self.reader, self.commands, caller, row["id"], stream, coming)
        return refusal or ImportedPeople(people=found)

    async def _known(self, row: Row, keys: Sequence[str]) -> dict[str, Row]:
        """By keys of the export."""
        kept = {_kept(row, key): key for key in keys}
        asked = [*kept, *keys]  # the keys themselves are in databases of before
        found = await self.reader.import_people(row["space"], row["source"], asked)
        return {kept.get(str(one["key"]), str(one["key"])): one for one in found}

    async def _add(self, caller: Caller, row: Row, person: ImportPerson) -> ImportedPerson | Refusal:
        if person.account is not None:
            account = await self.reader.account(person.account)
            if account is None or account["deleted"]:
                return NO_SUCH_ACCOUNT
            put = PutImportPerson(row["space"], row["source"], _kept(row, person.key), person.account, None)
            if not await self.commands.write(put, conditions=(ImportOpen(row["id"]),)):
                return TAKEN_BACK
            return ImportedPerson(key=person.key, account=person.account, name=account["name"], made=False)
        for name in _names(person.name):
            made = await self._make(caller, row, person.key, MakePlaceholder(name, person.display_name))
            if made in NO_DISPLAY_NAME:  # what they were called is somebody's name here
                made = await self._make(caller, row, person.key, MakePlaceholder(name))
            if made not in OTHER_NAME:
                return made
        return UNNAMEABLE

    async def _make(
        self, caller: Caller, row: Row, key: str, command: MakePlaceholder
    ) -> ImportedPerson | Refusal:
        account = new_id()
        kept = _kept(row, key)
        put = PutImportPerson(row["space"], row["source"], kept, account, row["id"])
        answer = await self.commands.ask(
            account_stream(account),
            command,
            context_of(acting(caller)),
            AccountResult,
            put,
            conditions=(ImportOpen(row["id"]), ImportPersonUnknown(row["space"], row["source"], kept)),
        )
        if answer == STALE:  # somebody imports the same at once, or takes it back
            one = (await self._known(row, [key])).get(key)
            return TAKEN_BACK if one is None else ImportedPerson(**one | {"key": key}, made=False)
        if isinstance(answer, Refusal):
            return answer
        return ImportedPerson(key=key, account=account, name=answer.account.name, made=True)


def _kept(row: Row, key: str) -> str:
    """What is kept of a person's key. It stays when the account is deleted, so that no later export brings
    the person back, and names nobody."""
    whole = "\0".join((row["source"], key)).encode()
    return f"#{sha256(whole).hexdigest()[:40]}"


def _names(name: str) -> Iterator[str]:
    """The name itself, then ones like it."""
    yield name
    for number in range(2, TRIES + 1):
        end = f"-{number}"
        yield f"{name[: LONGEST_NAME - len(end)]}{end}"

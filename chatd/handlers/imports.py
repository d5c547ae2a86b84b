"""Handlers of imports: begun, finished, listed; and the import that a request of one names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.actors.runtime.envelope import STALE
from chatd.contract.errors import Refusal
from chatd.contract.import_ import (
    AddImportEmoji,
    BeginImport,
    EmojiMade,
    FinishImport,
    Import,
    ImportList,
    ImportResult,
    ListImportPeople,
    ListImports,
    PeopleMade,
    PersonMade,
)
from chatd.contract.rows import pick
from chatd.contract.spec import Done
from chatd.domain.event import space_stream
from chatd.domain.internal import AddImportedEmoji, AdmitMembers, EndImport
from chatd.handlers.fresh_read import retried_when_stale
from chatd.handlers.paging import cut
from chatd.handlers.visibility import Visibility
from chatd.ports import AllNewTo, Caller, ImportOpen, Reader, Row

NO_SUCH_IMPORT: Final = Refusal("not_found", "there is no such import; import.list shows those of a space")
TAKEN_BACK: Final = Refusal("conflict", "this import was taken back; begin another one with import.begin")


def acting(caller: Caller) -> Caller:
    """Who imports does what operators do, in the place of the people of the export: an admin too, who is an
    account like any other elsewhere, and whose role in the space may be none."""
    return msgspec.structs.replace(caller, operator=True)


async def open_import(reader: Reader, id_: str) -> Row | Refusal:
    """The import, to which something may be added."""
    row = await reader.import_(id_)
    if row is None:
        return NO_SUCH_IMPORT
    return row if row["undone_at"] is None else TAKEN_BACK


@retried_when_stale
async def admit(
    reader: Reader, commands: CommandBus, caller: Caller, import_: str, stream: str, accounts: Sequence[str]
) -> Refusal | None:
    """Lets these accounts into a room or the space, as long as the import is not taken back. Who was in it
    and has left, or was removed, stays away."""
    row = await open_import(reader, import_)
    if isinstance(row, Refusal):
        return row
    new = tuple(await reader.new_to(stream, accounts))
    if not new:
        return None
    answer = await commands.ask(
        stream,
        AdmitMembers(new, import_),
        context_of(acting(caller)),
        Done,
        conditions=(ImportOpen(import_), AllNewTo(stream, new)),
    )
    return answer if isinstance(answer, Refusal) else None


async def refuse_strangers(reader: Reader, accounts: Iterable[str]) -> Refusal | None:
    """Whether one of these accounts does not exist."""
    unknown = await reader.unknown_accounts(list(dict.fromkeys(accounts)))
    return no_such_account(unknown[0]) if unknown else None


def no_such_account(account: str) -> Refusal:
    return Refusal("not_found", f"there is no account {account}; add people first (import.add_people)")


class Imports(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    commands: CommandBus
    visibility: Visibility

    async def begin(self, caller: Caller, command: BeginImport) -> ImportResult | Refusal:
        stream = space_stream(command.space)
        return await self.commands.ask(stream, command, context_of(acting(caller)), ImportResult)

    async def add_emoji(self, caller: Caller, command: AddImportEmoji) -> EmojiMade | Refusal:
        row = await open_import(self.reader, command.import_)
        if isinstance(row, Refusal):
            return row
        stream, context = space_stream(row["space"]), context_of(acting(caller))
        if await self.reader.emoji_removed(row["space"], row["source"], command.name):
            return EmojiMade(made=False)
        adding = AddImportedEmoji(row["id"], command.name, command.image)
        answer = await self.commands.ask(
            stream, adding, context, EmojiMade, conditions=(ImportOpen(row["id"]),)
        )
        return TAKEN_BACK if answer == STALE else answer

    async def finish(self, caller: Caller, command: FinishImport) -> Done | Refusal:
        row = await open_import(self.reader, command.import_)
        if isinstance(row, Refusal):
            return row
        if row["finished_at"] is not None:
            return Done()
        ending = EndImport(command.import_)
        return await self.commands.ask(space_stream(row["space"]), ending, context_of(acting(caller)), Done)

    async def people(self, caller: Caller, query: ListImportPeople) -> PeopleMade | Refusal:
        if await self.reader.import_(query.import_) is None:
            return NO_SUCH_IMPORT
        rows = await self.reader.people_made_by(query.import_, query.after, query.limit + 1)
        page, following = cut(rows, query.limit, "account")
        return PeopleMade(people=[pick(PersonMade, row) for row in page], next=following)

    async def list_(self, caller: Caller, query: ListImports) -> ImportList | Refusal:
        space = await self.visibility.space(caller, query.space)
        if isinstance(space, Refusal):
            return space
        rows = await self.reader.imports(query.space, query.after, query.limit + 1)
        page, following = cut(rows, query.limit, "id")
        return ImportList(imports=[pick(Import, row) for row in page], next=following)

"""The handler that adds messages to a room of an import, and changes those that were added before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.actors.workers.mention_names import MentionNames
from chatd.clock import now
from chatd.contract.errors import Refusal
from chatd.contract.import_ import (
    AddImportMessages,
    FindImported,
    FoundMessages,
    ImportedMessages,
    ImportMessage,
)
from chatd.domain.emoji import qualified
from chatd.domain.event import room_stream
from chatd.domain.internal import AddImported, ImportedChange, KnownMessage
from chatd.domain.names.mentions import may_mention, mention_candidates
from chatd.handlers.fresh_read import retried_when_stale
from chatd.handlers.imports import NO_SUCH_IMPORT, TAKEN_BACK, acting, no_such_account, open_import
from chatd.ports import AccountsRemain, Caller, ImportKeysUnused, ImportOpen, Reader, Row

NO_SUCH_ROOM: Final = Refusal("not_found", "there is no such room in this import; import.add_rooms adds it")
ONCE: Final = Refusal("invalid", "messages: each key once")


class ImportMessages(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    commands: CommandBus
    names: MentionNames

    @retried_when_stale
    async def add_messages(self, caller: Caller, command: AddImportMessages) -> ImportedMessages | Refusal:
        messages = command.messages
        keys = [message.key for message in messages]
        if len(set(keys)) < len(keys):
            return ONCE
        people = list(dict.fromkeys(_people(messages)))
        row = await self.reader.import_for_messages(command.import_, command.room, people)
        if row is None:
            return NO_SUCH_IMPORT
        if row["undone_at"] is not None:
            return TAKEN_BACK
        if not row["has_room"]:
            return NO_SUCH_ROOM
        if row["unknown"]:
            return no_such_account(row["unknown"][0])
        gone = frozenset(row["gone"])
        rows = await self._rows(command.room, [*keys, *_answered(messages, keys)], whole=True)
        known = {one["key"]: one for one in rows}
        there = {key: known[key] for key in keys if key in known}
        if gone:
            messages = [_without(message, gone, message.key in there) for message in messages]
        new = [message for message in messages if message.key not in there]
        changes = await self._changes(command.room, messages, there)
        unchanged = len(messages) - len(new) - len(changes)
        if not new and not changes:
            return ImportedMessages(
                added=0, edited=0, deleted=0, unchanged=unchanged, reactions=0, dropped=0, missing_roots=0
            )
        answer = await self.commands.ask(
            room_stream(command.room),
            AddImported(
                command.import_,
                tuple(new),
                tuple(changes),
                {key: KnownMessage(one["seq"], one["thread"]) for key, one in known.items()},
                await self._mentions(new),
            ),
            context_of(acting(caller), with_id=False),
            ImportedMessages,
            conditions=(
                ImportOpen(command.import_),
                AccountsRemain(tuple(account for account in people if account not in gone)),
                ImportKeysUnused(command.room, tuple(message.key for message in new)),
            ),
        )
        if isinstance(answer, Refusal):
            return answer
        return msgspec.structs.replace(answer, unchanged=unchanged + answer.unchanged)

    async def find(self, caller: Caller, query: FindImported) -> FoundMessages | Refusal:
        row = await open_import(self.reader, query.import_)
        if isinstance(row, Refusal):
            return row
        rows = await self._rows(query.room, query.keys, whole=False)
        return FoundMessages(
            keys=[one["key"] for one in rows], bare=[one["key"] for one in rows if one["bare"]]
        )

    async def _rows(self, room: str, keys: Sequence[str], whole: bool) -> list[Row]:
        return await self.reader.imported_messages(room, keys, whole) if keys else []

    async def _changes(
        self, room: str, messages: Sequence[ImportMessage], there: dict[str, Row]
    ) -> list[ImportedChange]:
        changes = [
            change
            for message in messages
            if (one := there.get(message.key)) is not None and (change := _change(message, one)) is not None
        ]
        changes = await self._wanted(room, await self._news(room, changes))
        return [
            msgspec.structs.replace(change, mentions=await self._named(change.text))
            if change.text
            else change
            for change in changes
        ]

    async def _news(self, room: str, changes: list[ImportedChange]) -> list[ImportedChange]:
        """Without texts that an import has brought already. Whoever has changed one here since was later,
        though the export may have dated it ahead of the clock."""
        said = await self.reader.said_by_imports(room, [one.seq for one in changes if one.text is not None])
        found = (
            msgspec.structs.replace(one, text=None) if one.text == said.get(one.seq, "") else one
            for one in changes
        )
        return [change for change in found if _says_something(change)]

    async def _wanted(self, room: str, changes: list[ImportedChange]) -> list[ImportedChange]:
        """Without reactions and pins that people took off here: those do not come back."""
        asked = [change.seq for change in changes if change.reactions or change.pinned_by]
        if not (rows := await self.reader.taken_off(room, asked)):
            return changes
        off = {(row["seq"], row["emoji"], row["by"]) for row in rows if row["emoji"] is not None}
        unpinned = {row["seq"] for row in rows if row["emoji"] is None}
        found = (
            msgspec.structs.replace(
                change,
                reactions=tuple(
                    one for one in change.reactions if (change.seq, qualified(one.emoji), one.by) not in off
                ),
                pinned_by=None if change.seq in unpinned else change.pinned_by,
            )
            for change in changes
        )
        return [change for change in found if _says_something(change)]

    async def _mentions(self, new: Sequence[ImportMessage]) -> dict[str, list[str]]:
        """Whom the texts name; they are drawn so, and nobody hears of it."""
        found: dict[str, list[str]] = {}
        for message in new:
            if not message.deleted and (accounts := await self._named(message.text)):
                found[message.key] = accounts
        return found

    async def _named(self, text: str) -> list[str]:
        if not may_mention(text):
            return []
        return list(await self.names.accounts(mention_candidates(text)))


def _people(messages: Sequence[ImportMessage]) -> Iterator[str]:
    for message in messages:
        yield message.by
        if message.pinned_by is not None:
            yield message.pinned_by
        for reaction in message.reactions:
            yield reaction.by


def _answered(messages: Sequence[ImportMessage], keys: Sequence[str]) -> set[str]:
    """Further messages that these refer to."""
    meant = {key for message in messages for key in (message.thread, message.reply_to) if key is not None}
    return meant - set(keys)


def _without(message: ImportMessage, gone: frozenset[str], known: bool) -> ImportMessage:
    """As it is now that these accounts were deleted here: all that they wrote was erased. Of what is `known`
    here that was done, if it is theirs here, too: a later export may name another author."""
    text = message.text
    if message.by in gone:
        if not known:
            return ImportMessage(
                message.key, message.by, message.at, "", message.thread, message.reply_to, deleted=True
            )
        text = ""  # nothing new
    return msgspec.structs.replace(
        message,
        text=text,
        pinned_by=None if message.pinned_by in gone else message.pinned_by,
        reactions=[one for one in message.reactions if one.by not in gone],
    )


def _change(message: ImportMessage, row: Row) -> ImportedChange | None:
    """What the export says that is not so here. A text counts only where the export knows of a later edit:
    else it differs because a name in it does. Who deleted a message here does not get it back."""
    if row["deleted"]:
        return None
    said = message.edited_at or (message.versions[-1].at if message.versions else None)
    later = said is not None and said > (row["edited_at"] or row["at"])
    if said is not None and said > now() and row["edited_at"] is not None:
        later = False  # by a clock that is ahead: whoever has edited it here was not earlier
    edited_at = said or message.at
    text = message.text if later and message.text not in ("", row["text"]) and not message.deleted else None
    reacted = {(emoji, account) for emoji, account in row["reactions"]}
    reactions = tuple(one for one in message.reactions if (qualified(one.emoji), one.by) not in reacted)
    pinned_by = message.pinned_by if not row["pinned"] else None
    change = ImportedChange(
        row["seq"], row["by"], row["text"], text, edited_at, message.deleted, reactions, pinned_by
    )
    return change if _says_something(change) else None


def _says_something(change: ImportedChange) -> bool:
    return bool(change.text is not None or change.deleted or change.reactions or change.pinned_by)

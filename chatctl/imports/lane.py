"""A connection over which the messages of rooms move, one room after another, in the order of the export."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

import attrs
import trio

from chatctl.imports import fit
from chatctl.imports.accounts import Accounts
from chatctl.imports.attach import Missing, Uploads
from chatctl.imports.batches import Batch, batches
from chatctl.imports.convert import NOTHING, Attached, convert, parts_gone
from chatctl.imports.export import Content
from chatctl.imports.late import late_files
from chatctl.imports.moved import Moved
from chatctl.imports.records import Message, Room
from chatd.client.nursery import quiet_nursery
from chatd.contract.import_ import (
    MAX_MESSAGES,
    MAX_REACTIONS,
    AddImportMessages,
    FindImported,
    FoundMessages,
    ImportedMessages,
    ImportMessage,
)

if TYPE_CHECKING:
    from chatd.client import Client

CHUNK: Final = 200  # messages that are read and sent at once; whoever posts waits for one such transaction
CHUNK_CHARACTERS: Final = 2_000_000  # of their texts, after which no further one is read
AHEAD: Final = 1  # chunks, and batches, that wait


@attrs.frozen(eq=False)
class Lane:
    """`reading` has room for one: an export is read from one thread at a time. `told` hears of progress."""

    client: Client
    export: Content
    import_: str
    accounts: Accounts
    uploads: Uploads
    moved: Moved
    reading: trio.CapacityLimiter
    told: Callable[[Moved, str], None]

    async def move(self, room: Room, id_: str) -> None:
        """Reads ahead in a thread, and makes batches ready while the server takes the one before.

        The end of a channel is the end of the room, so whoever fails must not be found out by that alone: a
        task closes its channel in the step in which its error leaves it. In between the move would end, and
        with it, cancelled, the task and its error.
        """
        send_read, read = trio.open_memory_channel[list[Message]](AHEAD)
        send_ready, ready = trio.open_memory_channel[Batch](AHEAD)
        async with quiet_nursery() as nursery:
            nursery.start_soon(self._read, room, send_read)
            nursery.start_soon(self._make_ready, id_, read, send_ready)
            async for batch in ready:
                await self._add(id_, batch)
                self.told(self.moved, room.name)

    async def _read(self, room: Room, send: trio.MemorySendChannel[list[Message]]) -> None:
        in_a_thread = partial(trio.to_thread.run_sync, limiter=self.reading)
        messages = await in_a_thread(self.export.messages, room.key)
        with send:
            while chunk := await in_a_thread(_take, messages):
                await send.send(chunk)

    async def _make_ready(
        self, room: str, read: trio.MemoryReceiveChannel[list[Message]], send: trio.MemorySendChannel[Batch]
    ) -> None:
        with send:
            async for messages in read:
                await self.accounts.add_those_in(messages)
                attached, bare = await self._attachments(
                    room, [message for message in messages if message.files]
                )
                for batch in batches(self._converted(messages, attached), MAX_MESSAGES):
                    await send.send(batch)
                late = [one async for one in self._late(room, bare)]
                for batch in batches([*late, *await self._parts_gone(room, messages)], MAX_MESSAGES):
                    await send.send(batch)
                self.moved.dropped += sum(
                    max(0, len(message.reactions) - MAX_REACTIONS) for message in messages
                )
                self.moved.read += len(messages)

    def _converted(
        self, messages: Sequence[Message], attached: Mapping[str, Attached]
    ) -> Iterator[ImportMessage]:
        for message in messages:
            parts = convert(message, self.accounts, attached.get(message.key, NOTHING))
            yield next(parts)
            for part in parts:
                self.moved.further_parts += 1
                yield part

    async def _add(self, room: str, batch: Batch) -> None:
        request = AddImportMessages(self.import_, room, batch)
        answer = await self.client.ask(request, ImportedMessages)
        moved = self.moved
        moved.added += answer.added
        moved.edited += answer.edited
        moved.deleted += answer.deleted
        moved.unchanged += answer.unchanged
        moved.reactions += answer.reactions
        moved.dropped += answer.dropped
        moved.missing_roots += answer.missing_roots
        moved.future += answer.future

    async def _parts_gone(self, room: str, messages: Sequence[Message]) -> list[ImportMessage]:
        """Of messages that were too long for one and are shorter by now."""
        found: dict[str, list[str]] = {}
        changed = {message.key: message for message in messages if message.deleted or message.edited_at}
        asked, number = list(changed), 2
        while asked:
            keys = {fit.part_key(key, number): key for key in asked}
            answer = await self.client.ask(FindImported(self.import_, room, list(keys)), FoundMessages)
            asked, number = [keys[key] for key in answer.keys], number + 1
            for key in answer.keys:
                found.setdefault(keys[key], []).append(key)
        return [
            part for key, there in found.items() for part in parts_gone(changed[key], self.accounts, there)
        ]

    def _late(self, room: str, messages: Sequence[Message]) -> AsyncIterator[ImportMessage]:
        return late_files(self.client, self.import_, room, messages, self.accounts, self.uploads, self.moved)

    async def _attachments(
        self, room: str, messages: Sequence[Message]
    ) -> tuple[dict[str, Attached], list[Message]]:
        """By the keys of messages; and those that are there without files. What is there otherwise has its
        files already."""
        if not messages:
            return {}, []
        keys = [message.key for message in messages]
        known = await self.client.ask(FindImported(self.import_, room, keys), FoundMessages)
        there, bare = set(known.keys), set(known.bare)
        found: dict[str, Attached] = {}
        for message in messages:
            if message.deleted:
                continue
            attached = found[message.key] = Attached()
            for file in message.files:
                if message.key in there and self.uploads.can(file):
                    continue
                try:
                    attached.files.append(await self.uploads.upload(file, self.accounts.ids[message.author]))
                    self.moved.files += 1
                except Missing as why:
                    self.moved.missing_files += message.key not in there
                    attached.missing.append(f"📎 *{fit.file_line(file.name)} ({why})*")
        return found, [message for message in messages if message.key in bare]


def _take(messages: Iterator[Message]) -> list[Message]:
    found: list[Message] = []
    size = 0
    for message in messages:
        found.append(message)
        size += len(message.text)
        if message.versions:
            size += sum(len(version.text) for version in message.versions)
        if len(found) >= CHUNK or size >= CHUNK_CHARACTERS:
            break
    return found

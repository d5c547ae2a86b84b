"""Moving an export into a space of a running server: people, rooms, emoji, then messages room by room.

All of it can be done again. What is there by the keys of the export stays as it is, so a move that was cut
off goes on, and one of a newer export adds what is new.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

import trio

from chatctl.failure import Failed
from chatctl.imports import fit
from chatctl.imports.accounts import Accounts
from chatctl.imports.attach import Uploads
from chatctl.imports.batches import Batch, batches
from chatctl.imports.convert import NOTHING, Attached, convert, parts_gone
from chatctl.imports.export import Export
from chatctl.imports.late import late_files
from chatctl.imports.moved import Choice, Moved
from chatctl.imports.records import File, Message, Room
from chatd.client.nursery import quiet_nursery
from chatd.contract.emoji import AddEmoji
from chatd.contract.import_ import (
    MAX_MESSAGES,
    MAX_REACTIONS,
    AddImportMessages,
    AddImportRooms,
    FindImported,
    FinishImport,
    FoundMessages,
    ImportedMessages,
    ImportedRooms,
    ImportMessage,
    ImportRoom,
)
from chatd.contract.spec import Done

if TYPE_CHECKING:
    from chatd.client import Client

CHUNK: Final = 500  # messages that are read at once
CHUNK_CHARACTERS: Final = 2_000_000  # of their texts, after which no further one is read
AHEAD: Final = 1  # chunks, and batches, that wait
MOST_MEMBERS: Final = 10_000


class Move:
    """`told` hears of progress now and then."""

    def __init__(
        self,
        client: Client,
        export: Export,
        import_: str,
        choice: Choice,
        uploads: Uploads,
        told: Callable[[Moved, str], None],
    ) -> None:
        self.moved = Moved(import_)
        self._client = client
        self._export = export
        self._import = import_
        self._choice = choice
        self._uploads = uploads
        self._told = told
        self._accounts = Accounts(client, export, choice, self.moved)

    async def run(self, space: str) -> Moved:
        """Raises Failed and what the client raises."""
        await self._accounts.add(self._export.people(), members=True)
        await self._add_emoji(space)
        rooms = self._choice.of(self._export.rooms())
        self.moved.rooms = len(rooms)
        for room in rooms:
            if (id_ := await self._add_room(room)) is not None:
                await self._move_room(room, id_)
            self.moved.rooms_done += 1
            self._told(self.moved, room.name)
        await self._client.ask(FinishImport(self._import), Done)
        return self.moved

    # --- rooms and emoji

    async def _add_room(self, room: Room) -> str | None:
        """Its id; None for a direct room that chatd has none like."""
        await self._accounts.add_keys(room.members)
        members = list(dict.fromkeys(self._accounts.ids[key] for key in room.members))
        kind = room.kind
        if kind == "direct":
            if len(members) < 2:
                self.moved.direct_left_out += 1
                return None
            if len(members) > fit.MOST_DIRECT:
                kind = "private"
        asked = ImportRoom(
            room.key,
            fit.room_name(room.name, room.key),
            kind,
            fit.topic(room.topic),
            room.archived,
            room.created_at,
            members[:MOST_MEMBERS],
            self._choice.rooms.get(room.key) or self._choice.rooms.get(room.name),
        )
        answer = await self._client.ask(AddImportRooms(self._import, [asked]), ImportedRooms)
        return answer.rooms[0].room

    async def _add_emoji(self, space: str) -> None:
        """Those whose pictures are in the export, as long as the space takes them."""
        from chatd.client import Refused

        owner = next(iter(self._accounts.ids.values()), None)
        for emoji in self._export.emoji():
            if owner is None:
                return
            try:
                image = await self._uploads.upload(File(emoji.name, emoji.name, path=emoji.path), owner)
                await self._client.ask(AddEmoji(space, emoji.name, image), Done)
            except (Failed, Refused):
                self.moved.dropped += 1

    # --- messages

    async def _move_room(self, room: Room, id_: str) -> None:
        """Reads ahead in a thread, and makes batches ready while the server takes the one before."""
        send_read, read = trio.open_memory_channel[list[Message]](AHEAD)
        send_ready, ready = trio.open_memory_channel[Batch](AHEAD)
        async with quiet_nursery() as nursery:
            nursery.start_soon(self._read, room, send_read)
            nursery.start_soon(self._make_ready, id_, read, send_ready)
            async with ready:
                async for batch in ready:
                    await self._add(id_, batch)
                    self._told(self.moved, room.name)

    async def _read(self, room: Room, send: trio.MemorySendChannel[list[Message]]) -> None:
        messages = self._export.messages(room.key)
        async with send:
            while chunk := await trio.to_thread.run_sync(partial(_take, messages)):
                await send.send(chunk)

    async def _make_ready(
        self, room: str, read: trio.MemoryReceiveChannel[list[Message]], send: trio.MemorySendChannel[Batch]
    ) -> None:
        async with read, send:
            async for messages in read:
                await self._accounts.add_those_in(messages)
                attached, bare = await self._attachments(
                    room, [message for message in messages if message.files]
                )
                converted = (
                    part
                    for message in messages
                    for part in convert(message, self._accounts, attached.get(message.key, NOTHING))
                )
                for batch in batches(converted, MAX_MESSAGES):
                    await send.send(batch)
                late = [one async for one in self._late(room, bare)]
                for batch in batches([*late, *await self._parts_gone(room, messages)], MAX_MESSAGES):
                    await send.send(batch)
                self.moved.dropped += sum(
                    max(0, len(message.reactions) - MAX_REACTIONS) for message in messages
                )
                self.moved.read += len(messages)

    async def _add(self, room: str, batch: Batch) -> None:
        request = AddImportMessages(self._import, room, batch)
        answer = await self._client.ask(request, ImportedMessages)
        moved = self.moved
        moved.added += answer.added
        moved.edited += answer.edited
        moved.deleted += answer.deleted
        moved.unchanged += answer.unchanged
        moved.reactions += answer.reactions
        moved.dropped += answer.dropped
        moved.missing_roots += answer.missing_roots

    async def _parts_gone(self, room: str, messages: Sequence[Message]) -> list[ImportMessage]:
        """Of messages that were too long for one and are shorter by now."""
        found: dict[str, list[str]] = {}
        changed = {message.key: message for message in messages if message.deleted or message.edited_at}
        asked, number = list(changed), 2
        while asked:
            keys = {fit.part_key(key, number): key for key in asked}
            answer = await self._client.ask(FindImported(self._import, room, list(keys)), FoundMessages)
            asked, number = [keys[key] for key in answer.keys], number + 1
            for key in answer.keys:
                found.setdefault(keys[key], []).append(key)
        return [
            part for key, there in found.items() for part in parts_gone(changed[key], self._accounts, there)
        ]

    def _late(self, room: str, messages: Sequence[Message]) -> AsyncIterator[ImportMessage]:
        return late_files(
            self._client, self._import, room, messages, self._accounts, self._uploads, self.moved
        )

    async def _attachments(
        self, room: str, messages: Sequence[Message]
    ) -> tuple[dict[str, Attached], list[Message]]:
        """By the keys of messages; and those that are there without files. What is there otherwise has its
        files already."""
        if not messages:
            return {}, []
        keys = [message.key for message in messages]
        known = await self._client.ask(FindImported(self._import, room, keys), FoundMessages)
        there, bare = set(known.keys), set(known.bare)
        found: dict[str, Attached] = {}
        for message in messages:
            if message.deleted:
                continue
            attached = found[message.key] = Attached()
            for file in message.files:
                if message.key in there and self._uploads.can(file):
                    continue
                try:
                    attached.files.append(
                        await self._uploads.upload(file, self._accounts.ids[message.author])
                    )
                    self.moved.files += 1
                except Failed as why:
                    self.moved.missing_files += message.key not in there
                    attached.missing.append(f"📎 *{fit.file_line(file.name)} ({why})*")
        return found, [message for message in messages if message.key in bare]


def _take(messages: Iterator[Message]) -> list[Message]:
    found: list[Message] = []
    size = 0
    for message in messages:
        found.append(message)
        size += len(message.text) + sum(len(version.text) for version in message.versions)
        if len(found) >= CHUNK or size >= CHUNK_CHARACTERS:
            break
    return found

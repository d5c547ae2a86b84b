"""The reader of DiscordChatExporter's JSON: any number of channels, threads and parts of one server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import ClassVar, Final, Self, TypeVar
from urllib.parse import unquote

import msgspec
from msgspec.structs import replace

from chatctl.imports.archive import Archive, read_archive
from chatctl.imports.archived_export import ArchivedExport
from chatctl.imports.discord import rows
from chatctl.imports.discord.channels import MESSAGE, OPENED, ChannelFile, channel_files, snowflake_time
from chatctl.imports.discord.messages import PINNED, Reader
from chatctl.imports.discord.people import People
from chatctl.imports.discord.rows import shown
from chatctl.imports.export import Options, Unreadable
from chatctl.imports.glance import glance
from chatctl.imports.json_rows import Rows
from chatctl.imports.markdown import literal, span
from chatctl.imports.ordering import Ordering
from chatctl.imports.problems import Problems
from chatctl.imports.records import CustomEmoji, Message, Person, Room, plain

MAX_EMOJI: Final = 10_000
MAX_MEMBERS: Final = 1_000  # of a direct room
_LOOKED_AT: Final = 20
_MESSAGES: Final = Rows(OPENED, MESSAGE, "message")
_MESSAGE: Final = msgspec.json.Decoder(rows.Message)
_GLANCE: Final = msgspec.json.Decoder(rows.Glance)

T = TypeVar("T")


class DiscordGuild(ArchivedExport):
    format: ClassVar[str] = "discord"

    def __init__(self, archive: Archive, options: Options) -> None:
        super().__init__(archive)
        self._people = People()
        self._files, others = channel_files(archive)
        if not self._files:
            raise Unreadable(
                f"{archive.name} has no JSON of DiscordChatExporter: export the channels with --format Json"
            )
        for name in others:
            self.problems.add("skipped", name)
        self.source = next((each.guild for each in self._files if each.guild != "0"), "")
        self._looked_through = False
        self._emoji: dict[str, CustomEmoji] = {}
        self._rooms: dict[str, Room] = {}
        self._by_room: dict[str, list[ChannelFile]] = {}
        for each in self._files:
            self._by_room.setdefault(each.room.key, []).append(each)
            if each.thread is None or each.room.key not in self._rooms:
                self._rooms[each.room.key] = each.room
        self._titles = {each.channel: each.title for each in self._files}
        self._threads = {each.thread: each.title for each in self._files if each.thread is not None}

    @classmethod
    def looks_like(cls, path: Path) -> bool:
        with glance(path) as seen:
            return any(
                b'"guild"' in begin and b'"channel"' in begin and b'"dateRange"' in begin
                for begin in map(seen.head, seen.ending(".json")[:_LOOKED_AT])
            )

    @classmethod
    def read(cls, path: Path, options: Options) -> Self:
        return read_archive(path, lambda archive: cls(archive, options))

    def people(self) -> Iterable[Person]:
        """All who wrote: files have no list of people."""
        self._look_through()
        return self._people.all()

    def person(self, key: str) -> Person:
        return self._people.person(key)

    def rooms(self) -> Iterable[Room]:
        self._look_through()
        return self._rooms.values()

    def messages(self, room: str) -> Iterator[Message]:
        with Ordering() as ordering:
            pinned: dict[str, str] = {}
            files = self._by_room[room]
            firsts = [self._read(file, number, ordering, pinned) for number, file in enumerate(files)]
            for file, first in zip(files, firsts, strict=True):
                self._root(file, ordering, first)
            for message in ordering.messages(room):
                yield self._finished(message, ordering, pinned, room)

    def emoji(self) -> Iterable[CustomEmoji]:
        self._look_through()
        return self._emoji.values()

    def _read(
        self, file: ChannelFile, number: int, ordering: Ordering, pinned: dict[str, str]
    ) -> Message | None:
        """Gives the first message."""
        first = None
        reader = Reader(
            file, self._threads, self._people, self.problems, self._titles.get, self._beside(file.name)
        )
        for place, found in _MESSAGES.read(self._archive, file.name, _MESSAGE, self.problems):
            message = reader.message(found, place)
            if message is None:
                continue
            if shown(found.type) in PINNED and found.reference is not None and len(pinned) < MAX_EMOJI:
                pinned[shown(found.reference.messageId)] = message.author
            ordering.put(file.room.key, message, number, self.problems, place)
            if first is None or message.at < first.at:
                first = message
        return first

    def _root(self, file: ChannelFile, ordering: Ordering, first: Message | None) -> None:
        """What the thread hangs on, if no file has it: it was deleted, or its channel is not there."""
        if file.thread is None or first is None or ordering.find(file.room.key, file.thread) is not None:
            return
        self.problems.add("missing root", f"{file.name} ({file.title})")
        at = min(first.at, snowflake_time(file.thread) or first.at)
        text = f"Thread: {span('**', literal(file.title or file.thread))}"
        ordering.add(file.room.key, Message(file.thread, first.author, at, text))

    def _finished(self, message: Message, ordering: Ordering, pinned: dict[str, str], room: str) -> Message:
        if message.pinned_by is not None and message.key in pinned:
            message = replace(message, pinned_by=pinned[message.key])
        if message.reply_to is not None and ordering.find(room, message.reply_to) is None:
            self.problems.add("missing root", f"{self._rooms[room].name} message {message.key}")
            message = replace(message, reply_to=None)
        return message

    def _look_through(self) -> None:
        """Finds who wrote, who is in direct rooms, and the pictures of custom emoji."""
        if self._looked_through:
            return
        self._looked_through = True
        for file in self._files:
            wrote: dict[str, None] = {}
            path_of = self._beside(file.name)
            glances = _MESSAGES.read(
                self._archive, file.name, _GLANCE, Problems()
            )  # what is wrong is told later
            for _, each in glances:
                key = self._people.key(each.author)
                if key is not None and file.of_writers and len(wrote) < MAX_MEMBERS:
                    wrote[key] = None
                for emoji in each.emoji():
                    self._add_emoji(emoji, path_of)
            if wrote:
                room = self._rooms[file.room.key]
                members = tuple(dict.fromkeys([*room.members, *wrote]))
                # With whom one person wrote alone is not told, and a direct room is for two.
                kind = "private" if len(members) == 1 else file.room.kind
                self._rooms[room.key] = replace(room, kind=kind, members=members)

    def _add_emoji(self, emoji: rows.Emoji, path_of: Callable[[str], str | None]) -> None:
        name = plain(emoji.name or "")[:64]
        if shown(emoji.id) and name and name not in self._emoji and len(self._emoji) < MAX_EMOJI:
            path = path_of(plain(emoji.imageUrl or ""))
            if path is not None:
                self._emoji[name] = CustomEmoji(name, path)

    def _beside(self, name: str) -> Callable[[str], str | None]:
        """Files are named from where the JSON is; on Windows with its signs between folders."""
        folder = name.rpartition("/")[0]

        def path_of(told: str) -> str | None:
            for each in (told, unquote(told)):
                path = "/".join(part for part in (folder, each.replace("\\", "/")) if part)
                if path in self._archive:
                    return path
            return None

        return path_of

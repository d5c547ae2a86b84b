"""The reader of WhatsApp's exports: one chat, or a folder of several."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import ClassVar, Final, Self

from chatctl.imports.archive import Archive, read_archive
from chatctl.imports.archived_export import ArchivedExport
from chatctl.imports.export import Options, Unreadable
from chatctl.imports.glance import glance
from chatctl.imports.keys import bounded
from chatctl.imports.ordering import Ordering
from chatctl.imports.records import Message, Person, Room, plain
from chatctl.imports.wall_clock import WallClock, zone_of
from chatctl.imports.whatsapp.chat import Chat, first_look, raw_messages
from chatctl.imports.whatsapp.heads import way_of
from chatctl.imports.whatsapp.messages import THE_APP, Writer
from chatctl.imports.whatsapp.words import bare

MAX_CHATS: Final = 1_000  # in one folder
_APPLE: Final = "_chat.txt"
_TITLE: Final = re.compile(
    r"WhatsApp[ -]Chat(?:[ -]+(?:with|mit|con|avec|com|met|-))?[ -]+(.+)", re.IGNORECASE
)


class WhatsAppChats(ArchivedExport):
    format: ClassVar[str] = "whatsapp"

    def __init__(self, archive: Archive, options: Options) -> None:
        self.source = ""
        super().__init__(archive)
        self._chats: dict[str, tuple[str, Chat]] = {}
        texts = _chat_files(list(archive.shallow(10_000)))
        for name in texts[:MAX_CHATS]:
            title = _title(name, archive.name)
            chat = first_look(archive, name, title, options.day_first)
            if chat is None:
                self.problems.add("skipped", name)
                continue
            if len(texts) == 1 and options.name:
                chat.name = options.name
            if self._chats.setdefault(bounded(chat.name), (name, chat))[0] != name:
                self.problems.add("skipped", f"{name} (another chat of this name: import it by itself)")
        for name in texts[MAX_CHATS:]:
            self.problems.add("skipped", name)
        if not self._chats:
            raise Unreadable(f"{archive.name} has no chat of WhatsApp whose dates can be read")
        self._zone = zone_of(options, next(iter(self._chats.values()))[0])

    @classmethod
    def looks_like(cls, path: Path) -> bool:
        with glance(path) as seen:
            for name in _chat_files(list(seen.names))[:20]:
                lines = bare(seen.head(name).decode("utf-8", "replace")).split("\n")
                if way_of(line.rstrip("\r") for line in lines) is not None:
                    return True
            return False

    @classmethod
    def read(cls, path: Path, options: Options) -> Self:
        return read_archive(path, lambda archive: cls(archive, options))

    def people(self) -> Iterable[Person]:
        seen = set()
        for _, chat in self._chats.values():
            for name in chat.people():
                if name not in seen:
                    seen.add(name)
                    yield self.person(bounded(name))

    def person(self, key: str) -> Person:
        return Person(key, plain(key), bot=key == THE_APP)

    def rooms(self) -> Iterable[Room]:
        for key, (_, chat) in self._chats.items():
            members = tuple(bounded(name) for name in chat.people())
            yield Room(key, plain(chat.name), "private", members=members)

    def messages(self, room: str) -> Iterator[Message]:
        name, chat = self._chats[room]
        with Ordering() as ordering:
            clock = WallClock(self._zone)
            writer = Writer(room, chat, name, ordering, clock, self.problems, self._beside(name))
            for raw in raw_messages(self._archive, name, chat.way, self.problems):
                writer.write(raw)
            yield from ordering.messages(room)

    def _beside(self, chat: str) -> Callable[[str], str | None]:
        folder = chat.rpartition("/")[0]

        def path_of(name: str) -> str | None:
            path = f"{folder}/{name}" if folder else name
            return path if "/" not in name and path in self._archive else None

        return path_of


def _chat_files(names: list[str]) -> list[str]:
    """Texts that people sent lie beside the chat itself, so its usual name is looked for first."""
    texts = [name for name in names if name.lower().endswith(".txt")]
    usual = [name for name in texts if PurePosixPath(name).name == _APPLE or "whatsapp" in name.lower()]
    return usual or texts


def _title(name: str, archive: str) -> str:
    """The chat's name, by the file's; Apple's phones have it in that of the archive only."""
    path = PurePosixPath(name)
    told = path.stem
    if path.name == _APPLE:
        told = path.parent.name or PurePosixPath(archive).stem
    found = _TITLE.fullmatch(bare(told))
    return found[1] if found else bare(told) or "WhatsApp"

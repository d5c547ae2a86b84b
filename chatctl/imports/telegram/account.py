"""The reader of Telegram Desktop's JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import ClassVar, Final, Self

from chatctl.imports.archive import Archive, read_archive
from chatctl.imports.archived_export import ArchivedExport
from chatctl.imports.export import Options, Unreadable
from chatctl.imports.glance import glance
from chatctl.imports.ordering import Ordering
from chatctl.imports.records import Message, Person, Room
from chatctl.imports.telegram.chats import KINDS, Chat, owner_of, rows
from chatctl.imports.telegram.messages import Reader
from chatctl.imports.wall_clock import WallClock, zone_of

MAX_CHATS: Final = 100_000
_LOOKED_AT: Final = 20
_KIND: Final = re.compile(rb'"type"\s*:\s*"(?:' + "|".join(KINDS).encode() + rb')"')


class TelegramAccount(ArchivedExport):
    """All that was exported is in one file, so it is read once, when it is first asked for, and kept on the
    disk. Ids of people and chats are the same everywhere."""

    format: ClassVar[str] = "telegram"

    def __init__(self, archive: Archive, options: Options) -> None:
        self.source = ""
        super().__init__(archive)
        self._options = options
        self._people: dict[str, Person] = {}
        self._reacted: dict[str, str] = {}
        self._chats: dict[str, Chat] = {}
        self._ordering = Ordering()
        self._loaded = False

    @classmethod
    def looks_like(cls, path: Path) -> bool:
        with glance(path) as seen:
            return any(_is_telegram(seen.head(name)) for name in seen.ending(".json")[:_LOOKED_AT])

    @classmethod
    def read(cls, path: Path, options: Options) -> Self:
        return read_archive(path, lambda archive: cls(archive, options))

    def people(self) -> Iterable[Person]:
        self._load()
        return self._people.values()

    def person(self, key: str) -> Person:
        name = self._reacted.get(key, "")
        return self._people.get(key) or Person(key, name or key, name)

    def rooms(self) -> Iterator[Room]:
        self._load()
        for chat in self._chats.values():
            yield chat.room()

    def messages(self, room: str) -> Iterator[Message]:
        self._load()
        return self._ordering.messages(room)

    def __exit__(self, *_: object) -> None:
        self._ordering.close()
        super().__exit__()

    def _load(self) -> None:
        if self._loaded:
            return
        self._loaded = True
        for number, name in enumerate(self._archive.names()):
            if name.lower().endswith(".json"):
                self._load_file(number, name)
        if not self._chats:
            raise Unreadable(
                f"{self._archive.name} has no chat of Telegram: export it in Telegram Desktop, as"
                " machine-readable JSON"
            )

    def _load_file(self, number: int, name: str) -> None:
        clock, path_of = self._clock_of(name), self._beside(name)
        reader = Reader(number, self._ordering, self.problems, self._people, self._reacted, clock, path_of)
        found = False
        for chat, row, place in rows(self._archive, name, self.problems, owner_of(self._archive, name)):
            if row is None:
                found = found or chat.type in KINDS
                self._add_chat(chat, name)
            elif chat.key in self._chats:
                reader.add(chat, row, place)
        if not found:
            self.problems.add("skipped", name)

    def _add_chat(self, chat: Chat, name: str) -> None:
        if not chat.id or chat.type not in KINDS:
            self.problems.add("unknown kind", f"{name}: chat {chat.name or chat.id} {chat.type}".rstrip())
            return
        known = self._chats.get(chat.key)
        if known is not None:  # it is in two files
            chat.members.update(known.members)
        if known is not None or len(self._chats) < MAX_CHATS:
            self._chats[chat.key] = chat

    def _clock_of(self, name: str) -> Callable[[], WallClock]:
        clocks: list[WallClock] = []

        def clock() -> WallClock:
            if not clocks:
                clocks.append(WallClock(zone_of(self._options, name)))
            return clocks[0]

        return clock

    def _beside(self, name: str) -> Callable[[str], str | None]:
        folder = name[: name.rfind("/") + 1]

        def path_of(told: str) -> str | None:
            path = folder + told.replace("\\", "/")
            return path if path in self._archive else None

        return path_of


def _is_telegram(head: bytes) -> bool:
    account = b'"about"' in head and (b'"personal_information"' in head or b'"chats"' in head)
    chat = b'"messages"' in head and b'"id"' in head and _KIND.search(head) is not None
    return account or chat

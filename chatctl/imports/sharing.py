"""Rooms of an export that become one room of chatd, with each other or with what is there already.

A key of a message is its own in its room of the export only. In a room of chatd that several come to, keys
begin with what says where they are from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from msgspec.structs import replace

from chatctl.imports.export import Content
from chatctl.imports.keys import bounded, digest
from chatctl.imports.records import CustomEmoji, Message, Person, Room


class Sharing:
    """An export as it is; only the messages of rooms that are `shared` have other keys. `source`: what tells
    the export from others that may have come into the same room."""

    def __init__(self, export: Content, source: str) -> None:
        self.shared: set[str] = set()  # keys of rooms
        self._export = export
        self._source = source

    def people(self) -> Iterable[Person]:
        return self._export.people()

    def person(self, key: str) -> Person:
        return self._export.person(key)

    def rooms(self) -> Iterable[Room]:
        return self._export.rooms()

    def messages(self, room: str) -> Iterator[Message]:
        found = self._export.messages(room)
        if room not in self.shared:
            return found
        begin = f"{digest(self._source, room)[:8]}/"
        return (_beginning(message, begin) for message in found)

    def emoji(self) -> Iterable[CustomEmoji]:
        return self._export.emoji()

    def open(self, path: str) -> BinaryIO:
        return self._export.open(path)


def _beginning(message: Message, begin: str) -> Message:
    return replace(
        message,
        key=bounded(f"{begin}{message.key}"),
        thread=message.thread and bounded(f"{begin}{message.thread}"),
        reply_to=message.reply_to and bounded(f"{begin}{message.reply_to}"),
    )

"""An export of chatd: one file of lines, or several in a folder, read once into a spool."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Final, Self

from msgspec import Raw, structs
from msgspec.json import Decoder

from chatctl.imports.archive import BOM, Archive, read_archive
from chatctl.imports.archived_export import ArchivedExport
from chatctl.imports.chatd.exported_files import ExportedFiles
from chatctl.imports.chatd.messages import Messages
from chatctl.imports.chatd.places import Places
from chatctl.imports.chatd.rows import EDIT, LINE, MESSAGE, PIN, REACTION, MessageRow, is_time
from chatctl.imports.chatd.spool import More, Spool
from chatctl.imports.export import Options, Unreadable
from chatctl.imports.glance import Glance, glance
from chatctl.imports.json_decoding import NotJson, decoded
from chatctl.imports.json_text import lines
from chatctl.imports.keys import bounded
from chatctl.imports.problems import lost_in
from chatctl.imports.records import CustomEmoji, Message, Person, Room, plain

_BEGINS: Final = re.compile(rb'\s*\{\s*"kind"\s*:\s*"export"\s*,\s*"data"\s*:\s*\{\s*"format"\s*:\s*1\b')
_FRAME: Final = ("export", "page", "end")
_MORE: Final[dict[str, Decoder[Any]]] = {"edit": EDIT, "reaction": REACTION, "pin": PIN}
_NAMES: Final = 200_000  # files of lines


class ChatdExport(ArchivedExport):
    format: ClassVar[str] = "chatd"
    source: str = ""  # ids are unique wherever they were made

    def __init__(self, archive: Archive, path: Path) -> None:
        super().__init__(archive)
        self._places = Places(self.problems)
        self._spool = Spool()
        self._files: ExportedFiles | None = None
        try:
            names = _lines_in(archive)
            self._files = ExportedFiles(archive, names[0][: names[0].rfind("/") + 1], path)
            for name in names:
                self._take(name)
            for place, count in self._spool.lost(room.key for room in self._places.rooms()):
                self.problems.add("unreadable", f"of {plain(place)}, which has no line", count)
        except BaseException:
            self._close()
            raise
        self._messages = Messages(self._files, self._places.names, self.problems)

    @classmethod
    def looks_like(cls, path: Path) -> bool:
        with glance(path) as seen:
            return any(_BEGINS.match(seen.head(name)) for name in _candidates(seen)[:20])

    @classmethod
    def read(cls, path: Path, options: Options) -> Self:
        return read_archive(path, lambda archive: cls(archive, path))

    @property
    def title(self) -> str:
        """The space that it is of; empty: of none, or of several."""
        return self._places.space

    def people(self) -> Iterable[Person]:
        return self._places.people.values()

    def person(self, key: str) -> Person:
        return self._places.person(key)

    def rooms(self) -> Iterable[Room]:
        return self._places.rooms()

    def messages(self, room: str) -> Iterator[Message]:
        for whole in self._spool.messages(room):
            yield self._messages.message(whole)

    def emoji(self) -> Iterable[CustomEmoji]:
        assert self._files is not None
        for row in self._places.emoji.values():
            path = self._files.path(row.image) if row.image and "/" not in row.image else None
            if path is None:
                self.problems.add("missing file", f"emoji {plain(row.name)}")
            else:
                yield CustomEmoji(plain(row.name), path)

    def open(self, path: str) -> BinaryIO:
        assert self._files is not None
        return self._files.open(path)

    def __exit__(self, *_: object) -> None:
        self._close()
        super().__exit__()

    def _close(self) -> None:
        self._spool.close()
        if self._files is not None:
            self._files.close()

    def _take(self, name: str) -> None:
        last = name.rpartition("/")[2]
        kind = ""
        with self._archive.open(name) as stream:
            for number, raw in lines(stream, last, self.problems):
                place = f"{last} line {number}"
                try:
                    line = decoded(raw, LINE)
                    kind = line.kind
                    self._take_line(kind, line.data, place)
                except (NotJson, OverflowError):  # a number that no server has
                    self.problems.add("unreadable", place)
        if kind != "end":
            self.problems.add(
                "unreadable", f"{last}: it is not whole; the same export command goes on with it"
            )

    def _take_line(self, kind: str, data: Raw, place: str) -> None:
        lost = partial(lost_in, self.problems)
        if kind == "message":
            self._take_message(decoded(data, MESSAGE, lost(place)), place)
        elif kind in _MORE:
            row: More = decoded(data, _MORE[kind], lost(place))
            if 0 < row.seq < 2**53:
                self._spool.add_more(structs.replace(row, room=bounded(plain(row.room))))
            else:
                self.problems.add("unreadable", place)
        elif not self._places.take(kind, data, place) and kind not in _FRAME:
            self.problems.add("unknown kind", f"{place}: {plain(kind)[:40]}")

    def _take_message(self, row: MessageRow, place: str) -> None:
        if not is_time(row.at):
            self.problems.add("no time", place)
        elif not 0 < row.seq < 2**53:
            self.problems.add("unreadable", place)
        elif not self._spool.add_message(structs.replace(row, room=bounded(plain(row.room)))):
            self.problems.add("same key", place)


def _candidates(seen: Glance) -> list[str]:
    return seen.ending(".jsonl") or (list(seen.names) if len(seen.names) == 1 else [])


def _lines_in(archive: Archive) -> list[str]:
    """The files with lines, in the folder that the first of them is in."""
    found = archive.shallow(_NAMES)
    names = [name for name in found if name.lower().endswith(".jsonl")] or (found if len(found) == 1 else [])
    begun: list[str] = []
    for name in names:
        try:
            with archive.open(name) as stream:
                fits = _BEGINS.match(stream.read1(4096).removeprefix(BOM)) is not None
        except Unreadable as error:
            archive.problems.add("unreadable", str(error))
            continue
        base = name[: name.rfind("/") + 1]
        if fits and (not begun or base == begun[0][: begun[0].rfind("/") + 1]):
            begun.append(name)
        elif "files/" not in name:
            archive.problems.add("skipped", name)
    if not begun:
        raise Unreadable(f"{archive.name} has no lines of an export: is it one of chatd?")
    return begun

"""The reader of IRC logs: a file, or a folder or archive of any number of them, of one client or several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from io import BufferedReader
from pathlib import Path
from typing import ClassVar, Final, Self
from zoneinfo import ZoneInfo

from chatctl.imports.archive import BOM, Archive, read_archive
from chatctl.imports.archived_export import ArchivedExport
from chatctl.imports.export import Options, Unreadable
from chatctl.imports.glance import glance
from chatctl.imports.irc.bytes import decoded
from chatctl.imports.irc.dialects import dialect_of
from chatctl.imports.irc.index import LogIndex
from chatctl.imports.irc.lines import Day, Dialect, Line, Unknown
from chatctl.imports.irc.messages import Writer
from chatctl.imports.irc.places import Place, is_log
from chatctl.imports.json_text import lines
from chatctl.imports.keys import bounded
from chatctl.imports.ordering import Ordering
from chatctl.imports.records import Message, Person, Room, plain
from chatctl.imports.wall_clock import WallClock, milliseconds, zone_of

LONGEST_LINE: Final = 16 * 1024  # bytes; IRC itself allows 8,191 and tags
_HEAD: Final = 16 * 1024  # bytes that tell the dialect
_LOOKED_AT: Final = 20  # files whose dialect is found at once


class IrcLogs(ArchivedExport):
    format: ClassVar[str] = "irc"

    def __init__(self, archive: Archive, options: Options) -> None:
        self.source = ""
        super().__init__(archive)
        self._around = archive.name.split(".")[0] or archive.name
        self._options = options
        self._zone: ZoneInfo | None = None
        self._nicks: dict[str, str] = {}
        self._index: LogIndex | None = None
        found = [self._dialect(name) for name in self._first_logs()]
        if not any(found):
            raise Unreadable(
                f"{archive.name} has no log of IRC that is known: irssi, WeeChat, ZNC, supybot, Textual"
            )

    @classmethod
    def looks_like(cls, path: Path) -> bool:
        with glance(path) as seen:
            logs = [name for name in seen.names if is_log(name)][:_LOOKED_AT]
            return any(dialect_of(_whole_lines(seen.head(name))) for name in logs)

    @classmethod
    def read(cls, path: Path, options: Options) -> Self:
        return read_archive(path, lambda archive: cls(archive, options))

    def people(self) -> Iterable[Person]:
        """Logs have no list of people."""
        return ()

    def person(self, key: str) -> Person:
        return Person(key, self._nicks.get(key, key))

    def rooms(self) -> Iterator[Room]:
        channels = self._indexed().channels
        if self._options.name is not None:
            yield _room(bounded(self._options.name.casefold()), self._options.name)
            return
        for key, channel in channels.items():
            yield _room(key, channel)

    def messages(self, room: str) -> Iterator[Message]:
        index = self._indexed()
        key = next(iter(index.channels)) if self._options.name is not None else room
        with Ordering() as ordering:
            for name, place in index.logs(key):
                self._read(name, place, Writer(room, ordering, self._nicks))
            yield from ordering.messages(room)

    def open(self, path: str) -> BufferedReader:
        raise Unreadable("logs of IRC have no files")

    def __exit__(self, *_: object) -> None:
        if self._index is not None:
            self._index.close()
        super().__exit__()

    def _indexed(self) -> LogIndex:
        if self._index is None:
            self._index = LogIndex(self._archive, self._around)
            found = len(self._index.channels)
            if self._options.name is not None and found != 1:
                raise Unreadable(
                    f"{self._archive.name} has logs of {found:,} channels: a name can be given to one. Import"
                    " the log of that channel by itself."
                )
        return self._index

    def _first_logs(self) -> list[str]:
        return [name for name in self._archive.shallow(1_000) if is_log(name)][:_LOOKED_AT]

    def _dialect(self, name: str) -> Dialect | None:
        """And makes sure that the zone is known, if the log needs one."""
        with self._archive.open(name) as stream:
            try:
                begin = _whole_lines(stream.read1(_HEAD).removeprefix(BOM))
            except Unreadable:
                return None  # the reading of the whole reports it
        found = dialect_of(begin)
        if found is not None and self._zone is None:
            has_zone = found.zoned is not None and any(map(found.zoned.match, begin))
            self._zone = None if has_zone else zone_of(self._options, name)
        return found

    def _read(self, name: str, place: Place, writer: Writer) -> None:
        dialect = self._dialect(name)
        if dialect is None:
            self.problems.add("skipped", name)
            return
        day = None if dialect.dated else place.day
        clock = WallClock(self._zone or ZoneInfo("UTC"))
        with self._archive.open(name) as stream:
            for number, raw in lines(stream, name, self.problems):
                where = f"{name} line {number}"
                if len(raw) > LONGEST_LINE:
                    self.problems.add("unreadable", f"{where}: longer than {LONGEST_LINE >> 10} KiB")
                    continue
                match dialect.read(decoded(raw.rstrip(b"\r")), day):
                    case Line() as line:
                        self._write(line, clock, writer, where)
                    case Day(told):
                        day = told or _after(day)
                    case Unknown():
                        undated = day is None and not dialect.dated
                        self.problems.add("no time" if undated else "unreadable", where)

    def _write(self, line: Line, clock: WallClock, writer: Writer, where: str) -> None:
        at = line.at if line.at.tzinfo else clock.read(line.at)
        when = milliseconds(at)
        if when is None:
            self.problems.add("no time", where)
        elif not line.nick:
            self.problems.add("unreadable", where)
        else:
            writer.write(line, when, second=at.fold == 1)


def _room(key: str, channel: str) -> Room:
    # A talk with one person has no sign before its name. Nobody should read one by mistake.
    public = channel.startswith("#")
    return Room(key, plain(channel.removeprefix("#")), "public" if public else "private")


def _whole_lines(begin: bytes) -> list[str]:
    found = begin.split(b"\n")
    if len(found) > 1:
        found.pop()  # it may be cut
    return [decoded(line.rstrip(b"\r")) for line in found]


def _after(day: date | None) -> date | None:
    try:
        return None if day is None else day + timedelta(days=1)
    except OverflowError:
        return None

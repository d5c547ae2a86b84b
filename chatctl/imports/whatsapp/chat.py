"""One chat file: what a first reading of all of it tells, which is needed to understand any message."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from attrs import define, field, frozen

from chatctl.imports.archive import Archive
from chatctl.imports.export import Unreadable
from chatctl.imports.json_text import lines
from chatctl.imports.problems import Problems
from chatctl.imports.records import plain
from chatctl.imports.whatsapp.heads import Head, head_of, way_of
from chatctl.imports.whatsapp.words import bare, is_of_the_app

SAMPLE: Final = 500  # lines that tell how heads are written
MAX_TEXT: Final = 1_000_000  # characters of a message; the app sends at most 65,536
MAX_EMPTY: Final = 20  # empty lines that are kept of those that follow each other
MAX_AUTHORS: Final = 10_000
MAX_NAME: Final = 100  # characters of an author; a longer "name" is the beginning of a sentence
_SEEN_OFTEN: Final = 5  # times that a name with a colon in it has to be seen
_ORDERS: Final = ("dmy", "mdy", "ymd")
_FAR_LONGER: Final = 10  # times
_BEGINS: Final = datetime(2009, 1, 1)
_QUOTES: Final = frozenset('"“”„«»')


@frozen
class Raw:
    """A message as it stands in the file. `text` may have many lines."""

    line: int
    head: Head
    text: str


@define
class _Name:
    """How often a name was seen, and what always stood between it and a second colon."""

    count: int = 0
    second: str | None = None


@define
class Chat:
    """`order` is that of the numbers of a date, such as `dmy`. `authors` by their bare names."""

    name: str
    way: tuple[object, ...]
    order: str = ""
    authors: dict[str, _Name] = field(factory=dict)

    @property
    def is_group(self) -> bool:
        """What the app says has the name of the chat before it on some phones. That of a chat with one person
        is that person's, who has said the rest."""
        return len(self.authors.keys() - {self.name}) > 1

    def people(self) -> list[str]:
        """The authors but the app."""
        return [name for name in self.authors if name != self.name or not self.is_group]

    def split(self, rest: str) -> tuple[str | None, str]:
        """Author and text of what follows a head; no author where the app itself says something."""
        name, colon, text = rest.partition(": ")
        if not colon and rest.endswith(":"):  # an empty message
            name, colon, text = rest[:-1], ":", ""
        name = author_name(name)
        if not colon or not _is_name(name):
            return None, rest
        known = self.authors.get(name)
        if known is not None and known.count >= _SEEN_OFTEN and known.second:
            again, _, after = text.partition(": ")
            if again == known.second:
                return f"{name}: {again}", after
        return name, text


def author_name(shown: str) -> str:
    """Without the sign for somebody who is not in the address book."""
    return plain(bare(shown)).removeprefix("~").strip()


def _is_name(name: str) -> bool:
    """And not the beginning of a sentence, such as `Ada created group "Tea`."""
    return 0 < len(name) <= MAX_NAME and not _QUOTES & set(name)


def raw_messages(archive: Archive, name: str, way: tuple[object, ...], problems: Problems) -> Iterator[Raw]:
    """Lines that are no heads belong to the message before; before the first they say what the file is."""
    held: Raw | None = None
    more: list[str] = []
    last = size = 0
    with archive.open(name) as stream:
        for number, raw in lines(stream, name, problems):
            line = raw.decode("utf-8", "replace").rstrip("\r")
            head = head_of(line, way)
            if head is None:
                if held is not None and size <= MAX_TEXT + MAX_NAME:
                    more += [""] * min(number - last - 1, MAX_EMPTY)
                    more.append(line)
                    size += len(line) + 1
            else:
                if held is not None:
                    yield Raw(held.line, held.head, "\n".join([held.text, *more]))
                held, more, size = Raw(number, head, head.rest), [], len(head.rest)
            last = number
    if held is not None:
        yield Raw(held.line, held.head, "\n".join([held.text, *more]))


def first_look(archive: Archive, name: str, title: str, day_first: bool | None) -> Chat | None:
    """None if the file is no chat; raises `Unreadable` if its dates can be read in two ways."""
    way = _way(archive, name)
    if way is None:
        return None
    chat = Chat(title, way)
    days = _Days()
    for raw in raw_messages(archive, name, way, Problems()):  # the second reading reports what is wrong
        days.add(raw.head)
        _learn_author(chat, raw.head.rest)
    order = days.order(way, day_first)
    if order is None:
        a, b, c = days.example
        raise Unreadable(
            f"{name} has dates such as {a}/{b}/{c}, which can be read in two ways. Say which with --day-first"
            " or --month-first."
        )
    chat.order = order
    return chat


def _way(archive: Archive, name: str) -> tuple[object, ...] | None:
    seen = []
    with archive.open(name) as stream:
        for _, raw in lines(stream, name, Problems()):
            seen.append(raw.decode("utf-8", "replace").rstrip("\r"))
            if len(seen) == SAMPLE:
                break
    return way_of(seen)


def _learn_author(chat: Chat, rest: str) -> None:
    name, colon, text = rest.partition(": ")
    name = author_name(name)
    if not colon or not _is_name(name) or is_of_the_app(text):
        return
    known = chat.authors.get(name)
    second = text.partition(": ")[0] if ": " in text[:MAX_NAME] else None
    if known is None:
        if len(chat.authors) < MAX_AUTHORS:
            chat.authors[name] = _Name(1, second)
        return
    known.count += 1
    if known.second != second:
        known.second = None


@define
class _Days:
    """Finds whether the day, the month or a year of two digits comes first: by a number above 12, else by
    which makes time go backwards less often. A year only if by the others the chat had messages before there
    was WhatsApp or later than now, and either none between or took far longer."""

    example: tuple[int, int, int] = (0, 0, 0)
    _first_above: bool = False
    _second_above: bool = False
    _differ: bool = False
    _back: dict[str, int] = field(factory=lambda: dict.fromkeys(_ORDERS, 0))
    _last: dict[str, datetime] = field(factory=dict)
    _first: dict[str, datetime] = field(factory=dict)
    _latest: dict[str, datetime] = field(factory=dict)
    _now: datetime = field(factory=lambda: datetime.now() + timedelta(days=1))

    def add(self, head: Head) -> None:
        a, b, _ = head.numbers
        self._first_above |= a > 12
        self._second_above |= b > 12
        if a != b and not self._differ:
            self._differ, self.example = True, head.numbers
        for order, count in self._back.items():
            at = head.at(order)
            if at is None:
                continue
            self._back[order] = count + (order in self._last and at < self._last[order])
            self._last[order] = at
            self._first[order] = min(at, self._first.get(order, at))
            self._latest[order] = max(at, self._latest.get(order, at))

    def order(self, way: tuple[object, ...], day_first: bool | None) -> str | None:
        _, sign, year_first, year_last, *_ = way
        if year_first or (not year_last and self._is_year_first()):
            return "ymd"
        if self._first_above != self._second_above:
            return "dmy" if self._first_above else "mdy"
        if sign in (".", ". ") or not self._differ:
            return "dmy"
        if day_first is not None:
            return "dmy" if day_first else "mdy"
        if self._back["dmy"] == self._back["mdy"]:
            return None
        return "dmy" if self._back["dmy"] < self._back["mdy"] else "mdy"

    def _is_year_first(self) -> bool:
        """Of years that have two digits as days and months do."""
        took = {order: self._latest[order] - self._first[order] for order in _ORDERS if order in self._first}
        own = took.pop("ymd", None)
        return (own is not None and not self._is_odd("ymd")) and all(
            self._is_odd(order)
            and self._back["ymd"] <= self._back[order]
            and (own * _FAR_LONGER < other or self._is_odd(order, all_of_it=True))
            for order, other in took.items()
        )

    def _is_odd(self, order: str, all_of_it: bool = False) -> bool:
        """A phone whose clock was wrong for a while makes a part so, and never all."""
        first, latest = self._first[order], self._latest[order]
        if all_of_it:
            first, latest = latest, first
        return first < _BEGINS or latest > self._now

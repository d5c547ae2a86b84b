"""The head of a message: date, time and author, which every phone writes in its own way.

The way of a file is found from its first heads, and afterwards only lines that have exactly this way begin a
message: what looks like another is text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, time
from typing import Final

from attrs import frozen

from chatctl.imports.whatsapp.calendars import day_of
from chatctl.imports.whatsapp.day_halves import AFTER_NOON, BEFORE_NOON, letters

# Marks that phones put around names, files and brackets to keep scripts of both directions apart.
INVISIBLE: Final = "\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff"
_SPACE: Final = "[ \u00a0\u2009\u202f]"
_MARKS: Final = f"[{INVISIBLE}]*"
_DATE: Final = (
    rf"(?P<a>\d{{1,4}}){_MARKS}(?P<sign>[./-]|\. ){_MARKS}(?P<b>\d{{1,2}}){_MARKS}(?P=sign){_MARKS}"
    rf"(?P<c>\d{{1,4}})\.?(?:{_SPACE}г\.)?"
)
_WORD: Final = r"[^\W\d][^\d\s:\[\],/–-]{0,15}"  # a mark of half a day, or such as `à`, `klo`, `ч.`
_BEFORE: Final = rf"(?P<before>{_WORD}(?:{_SPACE}{_WORD})?{_SPACE}?)?"
_TIME: Final = (
    rf"(?P<hour>\d{{1,2}})(?P<colon>[:.]|{_SPACE}h{_SPACE})"
    rf"(?P<minute>\d\d)(?:(?:(?P=colon)|{_SPACE}min{_SPACE})(?P<second>\d\d)(?:{_SPACE}s)?)?"
    rf"(?P<after>{_SPACE}?{_WORD}(?:{_SPACE}{_WORD})?)?"
)
_BETWEEN: Final = rf"(?P<comma>[,،]?){_MARKS}{_SPACE}+"
_DATE_FIRST: Final = rf"{_DATE}{_BETWEEN}\(?{_BEFORE}{_TIME}\)?"
_TIME_FIRST: Final = rf"(?P<before>){_TIME}{_BETWEEN}{_DATE}"  # of Vietnam
_HEADS: Final = tuple(
    re.compile(rf"{_MARKS}{form}{_SPACE}(?P<rest>.*)", re.DOTALL)
    for when in (_DATE_FIRST, _TIME_FIRST)
    for form in (rf"\[{when}\]", rf"{when}{_SPACE}(?P<dash>[-–])")
)


@frozen
class Head:
    """`numbers` of the date, in the order that they stand in."""

    numbers: tuple[int, int, int]
    hour: int
    minute: int
    second: int | None
    rest: str
    way: tuple[object, ...]

    def at(self, order: str) -> datetime | None:
        """`order` is such as `dmy`; None if there is no such day or time."""
        told = dict(zip(order, self.numbers, strict=True))
        try:
            day = day_of(told["y"], told["m"], told["d"])
            return datetime.combine(day, time(self.hour, self.minute, self.second or 0))
        except (ValueError, OverflowError):
            return None


def head_of(line: str, way: tuple[object, ...] | None = None) -> Head | None:
    """Of a line that begins a message; with `way`, only of one of this way."""
    found = next(filter(None, (head.fullmatch(line) for head in _HEADS)), None)
    if found is None:
        return None
    told = found.groupdict()
    around = (told["before"] or "", told["after"] or "")
    marks = {letters(mark) for mark in around}
    words = marks.union(letters(word) for mark in around for word in mark.split())  # as in `ч. pm`
    noon = not words.isdisjoint(AFTER_NOON | BEFORE_NOON)
    hour = int(told["hour"])
    if hour < 12 and not words.isdisjoint(AFTER_NOON):
        hour += 12
    elif hour == 12 and not words.isdisjoint(BEFORE_NOON):
        hour = 0
    kind = (
        told.get("dash", "["),
        told["sign"],
        len(told["a"]) == 4,
        len(told["c"]) == 4,
        told["comma"],
        told["colon"],
        told["second"] is not None,
        noon or frozenset(marks),
        found.start("hour") < found.start("a"),
    )
    if way is not None and kind != way:
        return None
    second = None if told["second"] is None else int(told["second"])
    numbers = (int(told["a"]), int(told["b"]), int(told["c"]))
    return Head(numbers, hour, int(told["minute"]), second, told["rest"], kind)


def way_of(lines: Iterable[str]) -> tuple[object, ...] | None:
    """That most heads among these lines have; None if there are none."""
    found = Counter(head.way for head in map(head_of, lines) if head is not None)
    return found.most_common(1)[0][0] if found else None

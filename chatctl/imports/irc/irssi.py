"""irssi: `23:59 < alice> hello`, with the days in lines of their own."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from chatctl.imports.irc.lines import Day, Dialect, Events, Line, Nothing, Read, Unknown, bare_nick, moment

_MONTHS: Final = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_TIME: Final = r"(\d\d):(\d\d)(?::(\d\d))? "
_HEAD: Final = re.compile(r"--- (?:Log opened|Day changed|Log closed) |\d\d:\d\d(?::\d\d)? (?:<| \* |-)")
_DAY: Final = re.compile(r"--- (Log opened|Day changed|Log closed)\b(.*)")
_TEXT: Final = re.compile(_TIME + r"<([^>]{1,64})> ?(.*)")
_ACTION: Final = re.compile(_TIME + r" \* (\S+) ?(.*)")
_OWN: Final = re.compile(_TIME + r"-!- (.*)")
_NOTICE: Final = re.compile(_TIME + r"-([^:\s]+):[^\s-]\S*?- (.*)")
_EVENTS: Final = Events(
    ("join", r"(?P<nick>\S+) \[[^\]]*\] has joined \S+.*"),
    ("part", r"(?P<nick>\S+) \[[^\]]*\] has left \S+ \[(?P<text>.*)\]"),
    ("quit", r'(?P<nick>\S+) \[[^\]]*\] has quit \["?(?P<text>.*?)"?\]'),
    ("nick", r"(?P<nick>\S+) is now known as (?P<text>\S+)"),
    ("nick", r"You're now known as (?P<nick>(?P<text>\S+))"),
    ("kick", r"(?P<who>\S+) was kicked from \S+ by (?P<nick>\S+) \[(?P<text>.*)\]"),
    ("topic", r"(?P<nick>\S+) changed the topic of \S+ to: (?P<text>.*)"),
    ("topic", r"Topic unset by (?P<nick>\S+) on \S+(?P<text>)"),
    ("mode", r"(?:Server)?[Mm]ode/\S+ \[(?P<text>.*)\] by (?P<nick>\S+)"),
)


def _read(line: str, day: date | None) -> Read:
    head = _DAY.match(line)
    if head is not None:
        return Nothing() if head[1] == "Log closed" else Day(_english_day(head[2]))
    for pattern in (_TEXT, _ACTION, _OWN, _NOTICE):
        found = pattern.fullmatch(line)
        if found is not None:
            break
    else:
        return Unknown()
    at = moment(day, *found.group(1, 2, 3))
    if at is None:
        return Unknown()
    if pattern is _OWN:
        return _EVENTS.read(found[4], at)
    kind = {_TEXT: "text", _ACTION: "action", _NOTICE: "notice"}
    return Line(kind[pattern], bare_nick(found[4]), found[5], at)  # type: ignore[arg-type]


def _english_day(text: str) -> date | None:
    """`Sun Mar 29 2026` and `Sat Mar 28 23:59:17 2026`."""
    words = text.split()
    try:
        return date(int(words[-1]), _MONTHS.index(words[1]) + 1, int(words[2]))
    except (ValueError, IndexError):
        return None


IRSSI: Final = Dialect("irssi", _HEAD, _read, dated=False)

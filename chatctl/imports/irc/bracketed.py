"""ZNC and energymech: `[23:59:17] <alice> hello`, the day in the name of the file. Textual: the same with the
whole time and its zone, and a sentence without a mark for what happened."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

from chatctl.imports.irc.lines import Dialect, Events, Line, Read, Unknown, bare_nick, iso_moment, moment

_TEXT: Final = re.compile(r"<([^>\s]{1,64})> ?(.*)")
_NOTICE: Final = re.compile(r"-([^\s-][^\s]{0,63}?)- (.*)")
_ACTION: Final = re.compile(r"[*•] ([^\s:]+):? ?(.*)")

_ZNC_LINE: Final = re.compile(r"\[(\d\d):(\d\d):(\d\d)\] (.*)")
_ZNC_OWN: Final = re.compile(r"\*\*\* (.*)")
_ZNC_EVENTS: Final = Events(
    ("join", r"Joins:? (?P<nick>\S+)(?: \([^)]*\))?"),
    ("part", r"Parts:? (?P<nick>\S+)(?: \([^)]*\))?(?: \((?P<text>.*)\))?"),
    ("quit", r"Quits:? (?P<nick>\S+)(?: \([^)]*\))?(?: \((?P<text>.*)\))?"),
    ("nick", r"(?P<nick>\S+) is now known as (?P<text>\S+)"),
    ("kick", r"(?P<who>\S+) was kicked by (?P<nick>\S+)(?: \((?P<text>.*)\))?"),
    ("topic", r"(?P<nick>\S+) changes topic to '(?P<text>.*)'"),
    ("mode", r"(?P<nick>\S+) sets mode: (?P<text>.*)"),
)

_TEXTUAL_TIME: Final = r"\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))\] "
_TEXTUAL_LINE: Final = re.compile(_TEXTUAL_TIME + r"(.*)")
_TEXTUAL_EVENTS: Final = Events(
    ("join", r"(?P<nick>\S+) \([^)]*\) joined the channel\.?"),
    ("part", r"(?P<nick>\S+) \([^)]*\) left the channel\.?(?: \((?P<text>.*)\))?"),
    ("quit", r"(?P<nick>\S+) \([^)]*\) left IRC(?: \((?P<text>.*)\))?"),
    ("nick", r"(?P<nick>\S+) is now known as (?P<text>\S+)"),
    ("kick", r"(?P<nick>\S+) kicked (?P<who>\S+) from the channel(?: \((?P<text>.*)\))?"),
    ("topic", r"(?P<nick>\S+) changed the topic to (?P<text>.*)"),
    ("mode", r"(?P<nick>\S+) sets mode (?P<text>.*)"),
)


def _znc(line: str, day: date | None) -> Read:
    found = _ZNC_LINE.fullmatch(line)
    at = None if found is None else moment(day, *found.group(1, 2, 3))
    if found is None or at is None:
        return Unknown()
    own = _ZNC_OWN.fullmatch(found[4])
    return _said(found[4], at) or (Unknown() if own is None else _ZNC_EVENTS.read(own[1], at))


def _textual(line: str, day: date | None) -> Read:
    found = _TEXTUAL_LINE.fullmatch(line)
    at = None if found is None else iso_moment(found[1])
    if found is None or at is None:
        return Unknown()
    return _said(found[2], at) or _TEXTUAL_EVENTS.read(found[2], at)


def _said(rest: str, at: datetime) -> Line | None:
    found = _TEXT.fullmatch(rest)
    if found is not None:
        return Line("text", bare_nick(found[1]), found[2], at)
    found = _ACTION.fullmatch(rest)
    if found is not None:
        return Line("action", bare_nick(found[1]), found[2], at)
    found = _NOTICE.fullmatch(rest)
    return None if found is None else Line("notice", bare_nick(found[1]), found[2], at)


ZNC: Final = Dialect("ZNC", re.compile(r"\[\d\d:\d\d:\d\d\] (?:<|\*|-)"), _znc, dated=False)
TEXTUAL: Final = Dialect(
    "Textual", re.compile(_TEXTUAL_TIME), _textual, dated=True, zoned=re.compile(_TEXTUAL_TIME)
)

"""supybot and its heir Limnoria: `2005-01-08T23:34:46  <alice> hello`, without a zone."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from chatctl.imports.irc.lines import Dialect, Events, Line, Read, Unknown, bare_nick, iso_moment

_LINE: Final = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)  "
    r"(?:<([^>\s]{1,64})> ?(.*)|\* (\S+) ?(.*)|\*\*\* (.*)|-(\S{1,64})- (.*))"
)
_EVENTS: Final = Events(
    ("join", r"(?P<nick>\S+) (?:<[^>]*> )?has joined \S+.*"),
    ("part", r"(?P<nick>\S+) (?:<[^>]*> )?has left \S+(?: \(?(?P<text>.*?)\)?)?"),
    ("quit", r"(?P<nick>\S+) (?:<[^>]*> )?has quit IRC(?: \((?P<text>.*)\))?"),
    ("nick", r"(?P<nick>\S+) is now known as (?P<text>\S+)"),
    ("kick", r"(?P<who>\S+) was kicked by (?P<nick>\S+)(?: \((?P<text>.*)\))?"),
    ("topic", r"(?P<nick>\S+) changes topic to \"(?P<text>.*)\""),
    ("mode", r"(?P<nick>\S+) sets mode: (?P<text>.*)"),
)


def _read(line: str, day: date | None) -> Read:
    found = _LINE.fullmatch(line)
    at = None if found is None else iso_moment(found[1])
    if found is None or at is None:
        return Unknown()
    if found[2] is not None:
        return Line("text", bare_nick(found[2]), found[3], at)
    if found[4] is not None:
        return Line("action", bare_nick(found[4]), found[5], at)
    if found[6] is not None:
        return _EVENTS.read(found[6], at)
    return Line("notice", bare_nick(found[7]), found[8], at)


SUPYBOT: Final = Dialect(
    "supybot", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d  (?:<|\*|-)"), _read, dated=True
)

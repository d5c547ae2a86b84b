"""WeeChat: time, prefix and text with tabs between them; newer versions write the zone as well."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from chatctl.imports.irc.lines import Dialect, Events, Line, Nothing, Read, Unknown, bare_nick, iso_moment

_TIME: Final = r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
_HEAD: Final = re.compile(_TIME + r"\t[^\t]*\t")
_ZONED: Final = re.compile(r"\S+[ T]?[\d:.]+(?:Z|[+-]\d\d:?\d\d)\t")
_NOTICE: Final = re.compile(r"Notice\(([^)\s]{1,64})\)(?: -> \S+)?: (.*)", re.DOTALL)
_ACTION: Final = re.compile(r"(\S+) ?(.*)", re.DOTALL)
# Who topics were set by, and when, is told on joining: it is of another time.
_EVENTS: Final = Events(
    ("nick", r"(?P<nick>\S+) is now known as (?P<text>\S+)"),
    ("nick", r"You are now known as (?P<nick>(?P<text>\S+))"),
    ("topic", r"(?P<nick>\S+) has changed topic for \S+ (?:from \".*\" )?to \"(?P<text>.*)\""),
    ("topic", r"(?P<nick>\S+) has unset topic for \S+.*(?P<text>)"),
    ("mode", r"Mode \S+ \[(?P<text>.*)\] by (?P<nick>\S+)"),
)
_CAME: Final = Events(("join", r"(?P<nick>\S+) (?:\[[^\]]*\] )?\([^)]*\) has joined \S+.*"))
_WENT: Final = Events(
    ("part", r"(?P<nick>\S+) \([^)]*\) has left \S+(?: \((?P<text>.*)\))?"),
    ("quit", r"(?P<nick>\S+) \([^)]*\) has quit(?: \(\"?(?P<text>.*?)\"?\))?"),
    ("kick", r"(?P<nick>\S+) has kicked (?P<who>\S+)(?: \((?P<text>.*)\))?"),
)


def _read(line: str, day: date | None) -> Read:
    parts = line.split("\t", 2)
    if len(parts) != 3:
        return Unknown()
    time, prefix, text = parts
    at = iso_moment(time)
    if at is None:
        return Unknown()
    match prefix.strip():
        case "-->":
            return _CAME.read(text, at)
        case "<--":
            return _WENT.read(text, at)
        case "--":
            notice = _NOTICE.fullmatch(text)
            if notice is not None:
                return Line("notice", bare_nick(notice[1]), notice[2], at)
            return _EVENTS.read(text, at)
        case "*":
            action = _ACTION.fullmatch(text)
            return Unknown() if action is None else Line("action", bare_nick(action[1]), action[2], at)
        case "" | "=!=":
            return Nothing()
        case nick:
            return Line("text", bare_nick(nick), text, at)


WEECHAT: Final = Dialect("WeeChat", _HEAD, _read, dated=True, zoned=_ZONED)

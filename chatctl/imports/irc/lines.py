"""What a line of a log says, in one shape for all clients, and what a dialect is.

A dialect takes the client's own lines only where the client writes them, in their own column: a person can
write `-!- alice has quit` or `--- Day changed …`, and that is a text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Final, Literal

from attrs import frozen

Kind = Literal["text", "action", "notice", "join", "part", "quit", "nick", "kick", "topic", "mode"]

_MODES: Final = "~&@%+!* "  # of a nick, before it
_TRAILING: Final = ">: "


@frozen
class Line:
    """`text` is that of the message; of a part, quit or kick the reason, of `nick` the new name, of a topic
    or mode what was set; for a kick `who` was removed. `at` has a zone where the log has one."""

    kind: Kind
    nick: str
    text: str
    at: datetime
    who: str = ""


@frozen
class Day:
    """The day of the lines that follow. None: it could not be read, and is the one after the last."""

    day: date | None


@frozen
class Nothing:
    """A line that only tells about the client, or a head of the file."""


@frozen
class Unknown:
    """No line of this dialect."""


Read = Line | Day | Nothing | Unknown


@frozen
class Dialect:
    """`head` is how nearly every line begins. `read` takes a line and the day that it is in; `dated` logs
    have the day in each line, the others in lines of their own or in the name of the file. `zoned` matches a
    line that has its zone."""

    name: str
    head: re.Pattern[str]
    read: Callable[[str, date | None], Read]
    dated: bool
    zoned: re.Pattern[str] | None = None


class Events:
    """Sentences of a client about what happened; the groups are fields of `Line`."""

    def __init__(self, *known: tuple[Kind, str]) -> None:
        self._known = [(kind, re.compile(pattern)) for kind, pattern in known]

    def read(self, said: str, at: datetime) -> Line | Nothing:
        for kind, pattern in self._known:
            found = pattern.fullmatch(said)
            if found is not None:
                groups = found.groupdict()
                nick, who = bare_nick(groups["nick"]), bare_nick(groups.get("who") or "")
                return Line(kind, nick, groups.get("text") or "", at, who)
        return Nothing()


def bare_nick(shown: str) -> str:
    """Without what clients put around it."""
    return shown.strip().removeprefix("<").lstrip(_MODES).rstrip(_TRAILING)


def moment(day: date | None, hour: str, minute: str, second: str | None) -> datetime | None:
    try:
        return None if day is None else datetime.combine(day, time(int(hour), int(minute), int(second or 0)))
    except ValueError:
        return None


def iso_moment(text: str) -> datetime | None:
    """Also with a space for the T, a Z, fractions of any length and an offset without its colon."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None

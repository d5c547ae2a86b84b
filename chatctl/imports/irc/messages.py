"""Lines of logs made into messages, with keys that a later export of the same logs gives them again."""

from __future__ import annotations

from typing import Final

from chatctl.imports.irc.bytes import as_markdown, uncoded
from chatctl.imports.irc.lines import Line
from chatctl.imports.keys import MomentKeys, bounded
from chatctl.imports.markdown import span
from chatctl.imports.ordering import Ordering
from chatctl.imports.records import Message, mention, plain

MAX_NICKS: Final = 100_000  # whose spelling is remembered
_LETTERS: Final = str.maketrans("[]\\~", "{}|^")  # RFC 1459: these are the small ones of those


def person_key(nick: str) -> str:
    """Servers take great and small letters of a nick for the same. Who changes the nick is another person to
    us: the log does not say whether somebody else takes the old one."""
    return bounded(plain(nick).lower().translate(_LETTERS))


class Writer:
    """Of one room. `nicks`: how each person's nick was spelled first."""

    def __init__(self, room: str, ordering: Ordering, nicks: dict[str, str]) -> None:
        self._room, self._ordering, self._nicks = room, ordering, nicks
        self._keys = MomentKeys()

    def write(self, line: Line, at: int, second: bool) -> None:
        """`second`: it is the second time that the night has this hour. Who came and went is left out: logs
        have more of that than of what anybody said."""
        if line.kind in _LEFT_OUT:
            return
        author = self._person(line.nick)
        text, system = self._text(line, author), line.kind not in _SAID
        moment = line.at.isoformat() + ("b" if second else "")
        while True:
            key = self._keys.key(moment, line.kind, line.nick, line.text, line.who)
            if self._ordering.add(self._room, Message(key, author, at, text, system=system)) is None:
                break

    def _person(self, nick: str) -> str:
        key = person_key(nick)
        if key not in self._nicks and len(self._nicks) < MAX_NICKS:
            self._nicks[key] = plain(nick)
        return key

    def _text(self, line: Line, author: str) -> str:
        text = as_markdown(line.text)
        match line.kind:
            case "action":
                return span("*", text)
            case "nick" if uncoded(line.text) == line.nick:  # a client does not call itself by name
                return f"Whoever kept the log is now called {mention(author)}"
            case "nick":
                return f"{mention(author)} is now called {mention(self._person(uncoded(line.text)))}"
            case "kick":
                removed = f"{mention(author)} removed {mention(self._person(line.who))}"
                return removed + (f": {text}" if text else "")
            case "topic":
                did = f"changed the topic to: {text}" if text else "removed the topic"
                return f"{mention(author)} {did}"
            case _:
                return text


_SAID: Final = frozenset({"text", "action", "notice"})
_LEFT_OUT: Final = frozenset({"join", "part", "quit", "mode"})

"""Discord's markup is nearly chatd's. What stands for people, channels, emoji and times depends on how the
file was made: `<@1>`, or already `@Name`, and then only the message's list of mentions tells who is meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from chatctl.imports.records import mention, plain

MAX_TEXT: Final = 100_000  # characters of a message that are read; Discord allows 4,000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Code is left as it is, and so is a sign behind a backslash.
_PIECE: Final = re.compile(
    r"(?P<sign>\\[^\w\s])|(?P<code>```.*?```|``.*?``|`[^`\n]*`)"
    r"|<@!?(?P<person>\d{1,20})>|<@&(?P<role>\d{1,20})>|<#(?P<channel>\d{1,20})>"
    r"|<a?:(?P<emoji>\w{1,64}):\d{1,20}>|<t:(?P<time>-?\d{1,12})(?::\w)?>",
    re.DOTALL,
)
_REST_QUOTED: Final = re.compile(r"^>>> (.*)\Z", re.DOTALL | re.MULTILINE)
_SMALL: Final = re.compile(r"^-# ", re.MULTILINE)


def as_markdown(content: str, named: Mapping[str, str], channels: Callable[[str], str | None]) -> str:
    """`named`: the keys of the people whom the message mentions, by the names that may stand for them."""
    text = plain(content[:MAX_TEXT])
    text = _REST_QUOTED.sub(lambda rest: "> " + rest[1].replace("\n", "\n> "), text)
    text = _SMALL.sub("", text)
    spelled = _spelled(named)
    parts, at = [], 0
    for found in _PIECE.finditer(text):
        parts += [_mentioned(text[at : found.start()], spelled, named), _piece(found, channels)]
        at = found.end()
    return "".join([*parts, _mentioned(text[at:], spelled, named)])


def _piece(found: re.Match[str], channels: Callable[[str], str | None]) -> str:
    match found.lastgroup:
        case "person":
            return mention(found["person"])
        case "role":
            return "@role"
        case "channel":
            return f"#{channels(found['channel']) or 'channel'}"
        case "emoji":
            return f":{found['emoji']}:"
        case "time":
            return _time(int(found["time"]))
        case _:
            return found[0]


def _time(seconds: int) -> str:
    try:
        return f"{_EPOCH + timedelta(seconds=seconds):%Y-%m-%d %H:%M} UTC"
    except OverflowError:
        return str(seconds)


def _spelled(named: Mapping[str, str]) -> re.Pattern[str] | None:
    names = sorted((name for name in named if name), key=len, reverse=True)
    return re.compile(f"@({'|'.join(map(re.escape, names))})(?!\\w)") if names else None


def _mentioned(text: str, spelled: re.Pattern[str] | None, named: Mapping[str, str]) -> str:
    return text if spelled is None else spelled.sub(lambda found: mention(named[found[1]]), text)

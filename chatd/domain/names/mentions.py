"""Mentions: `@name`, `@here` and `@room` in a text. What stands in code or in an address is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from chatd.domain.names.keys import name_key

MAX_MENTIONS: Final = 100  # of names in one message; what comes after is text
LOUD: Final = ("here", "room")

_CODE: Final = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_MENTION: Final = re.compile(r"(?<![\w@/.-])@(\w[\w.-]{0,63})")


def mentions_in(text: str) -> list[tuple[str, ...]]:
    """The names that are mentioned, as keys (see `chatd.domain.names.keys`).

    Each comes with what it may be without the punctuation at its end, the longest first: in `@ann.` it is
    `ann.`, then `ann`.
    """
    if "@" not in text:
        return []
    found = dict.fromkeys(match[1] for match in _MENTION.finditer(_CODE.sub(" ", text)))
    return [tuple(_readings(name)) for name in list(found)[:MAX_MENTIONS]]


def _readings(name: str) -> Iterator[str]:
    yield name_key(name)
    while len(name) > 1 and name[-1] in ".-_":
        name = name[:-1]
        yield name_key(name)

"""Mentions: `@name`, `@here` and `@room` in a text. Code and addresses contain no mentions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from chatd.domain.names.keys import name_key

MAX_MENTIONS: Final = 100  # names in one message; further ones are plain text
GROUP_MENTIONS: Final = ("here", "room")

_CODE: Final = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_MENTION: Final = re.compile(r"(?<![\w@/.-])@(\w[\w.-]{0,63})")


def mention_candidates(text: str) -> list[tuple[str, ...]]:
    """For each mention in the text its candidates, as name keys (`chatd.domain.names.keys`).

    The candidates are the name with and without the punctuation at its end, the longest first: `@ann.` gives
    `ann.`, then `ann`.
    """
    if "@" not in text:
        return []
    found = dict.fromkeys(match[1] for match in _MENTION.finditer(_CODE.sub(" ", text)))
    return [tuple(_candidates(name)) for name in list(found)[:MAX_MENTIONS]]


def _candidates(name: str) -> Iterator[str]:
    yield name_key(name)
    while len(name) > 1 and name[-1] in ".-_":
        name = name[:-1]
        yield name_key(name)

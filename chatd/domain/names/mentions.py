"""Mentions: `@name`, `@here` and `@room` in a text. Code and addresses contain no mentions.

A name is a word of Unicode (UAX 31). Who writes a script without spaces between words puts none around a
mention either, so a mention may begin after such a letter, and a name may end where the script changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from chatd.domain.names.keys import name_key
from chatd.domain.names.scripts import SCRIPTS

MAX_MENTIONS: Final = 100  # names in one message; further ones are plain text
MAX_CANDIDATES: Final = 8  # of one mention
GROUP_MENTIONS: Final = ("here", "room")

_SIGNS: Final = "@\uff20\ufe6b"  # as keyboards of Chinese and Japanese type it, too
_PLAIN: Final = re.compile(r"@\w[\w.\-]{0,63}", re.ASCII)  # what nearly every mention is
_CODE: Final = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
# Scripts that put no space between words, and Hangul, which puts none between a name and its particle.
_UNSPACED: Final = (
    "Bopomofo",
    "Han",
    "Hangul",
    "Hiragana",
    "Katakana",
    "Khmer",
    "Lao",
    "Myanmar",
    "Thai",
    "Tibetan",
)


def may_mention(text: str) -> bool:
    """Whether it is worth looking for mentions."""
    return "@" in text or (not text.isascii() and any(sign in text for sign in _SIGNS))


def mention_candidates(text: str) -> list[tuple[str, ...]]:
    """For each mention in the text its candidates, as name keys (`chatd.domain.names.keys`).

    The candidates are what the name may be, the longest first: `@ann.` gives `ann.`, then `ann`; `@annさん`
    gives `annさん`, then `ann`.
    """
    if not may_mention(text):
        return []
    found: dict[str, None] = {}
    for piece in _pieces(_CODE.sub(" ", text) if "`" in text else text):
        if len(found) >= MAX_MENTIONS:
            break
        if _PLAIN.fullmatch(piece):
            found[piece[1:]] = None
            continue
        address, mention, _ = _patterns()
        if "/" in piece or "www." in piece.lower():
            piece = address.sub(" ", piece)
            if not may_mention(piece):
                continue
        found |= dict.fromkeys(match[1] for match in mention.finditer(piece))
    return [tuple(dict.fromkeys(_candidates(name))) for name in list(found)[:MAX_MENTIONS]]


def _pieces(text: str) -> list[str]:
    """Where a mention may be: no mention or address has a space."""
    if text.isascii():
        return [piece for piece in text.split() if "@" in piece]
    at, fullwidth, small = _SIGNS
    return [piece for piece in text.split() if at in piece or fullwidth in piece or small in piece]


def _candidates(name: str) -> Iterator[str]:
    ends = [len(name)]
    if not name.isascii():
        ends += [match.start() for match in _patterns()[2].finditer(name)][::-1]
    for end in ends[:MAX_CANDIDATES]:
        part = name[:end]
        yield name_key(part)
        while len(part) > 1 and part[-1] in ".-_":
            part = part[:-1]
            yield name_key(part)


@cache  # compiled on first use; `regex` has its own tables: every Python gives the same answer
def _patterns() -> tuple[Any, Any, Any]:
    """Addresses; mentions, with the name as group 1; the places in a name where the script changes."""
    import regex

    unspaced = "".join(rf"\p{{sc={script}}}" for script in _UNSPACED)
    begin = rf"(?:(?<![\w@.\-])|(?<=[{unspaced}])|(?<=(?:^|\W)_{{1,3}}))"
    # begins once in a word and gives nothing back: in linear time
    address = r"(?<![\w.+\-])(?:[a-z][a-z0-9+.\-]*+://|www\.|[\w\-]++(?:\.[\w\-]++)++/)[!-~]*"
    changes = "|".join(
        rf"(?<=\p{{sc={script}}}[\p{{Common}}\p{{Inherited}}]*)[^\p{{sc={script}}}\p{{Common}}\p{{Inherited}}]"
        for script in SCRIPTS
    )
    return (
        regex.compile(address, regex.IGNORECASE),
        regex.compile(rf"{begin}[{_SIGNS}](\w[\w.\-]{{0,63}})"),
        regex.compile(changes),
    )

"""Mentions: `@name`, `@here` and `@room` in a text. Code and addresses contain no mentions.

A name is a word of Unicode (UAX 31). Who writes a script without spaces between words puts none around a
mention either, so a mention may begin after such a letter, and a name may end where the script changes.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import islice
from typing import Any, Final

from chatd.domain.names.keys import name_key
from chatd.domain.names.scripts import SCRIPTS

MAX_MENTIONS: Final = 100  # names in one message; further ones are plain text
MAX_CANDIDATES: Final = 8  # of one mention
MAX_NAMES: Final = 4096  # whose candidates are remembered
GROUP_MENTIONS: Final = ("here", "room")

_SIGNS: Final = "@\uff20\ufe6b"  # as keyboards of Chinese and Japanese type it, too
_CODE: Final = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
# begins once in a word and gives nothing back: in linear time
_ADDRESS: Final = (
    rf"(?<![\w.+\-])(?:[a-z][a-z0-9+.\-]*+://|(?<![{_SIGNS}])www\.|[\w\-]++(?:\.[\w\-]++)++/)[!-~]*"
)
_NAME: Final = r"(\w[\w.\-]{0,63})"
# What `_patterns` gives, for the many texts that have no letter beyond ASCII.
_ASCII_ADDRESS: Final = re.compile(_ADDRESS, re.IGNORECASE | re.ASCII)
_ASCII_MENTION: Final = re.compile(
    rf"@(?:(?<![\w@.\-]@)|(?<=\W_@)|(?<=\W__@)|(?<=\W___@)|(?<=^_@)|(?<=^__@)|(?<=^___@)){_NAME}", re.ASCII
)
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
    if "`" in text:
        text = _CODE.sub(" ", text)
    address, mention = (_ASCII_ADDRESS, _ASCII_MENTION) if text.isascii() else _patterns()[:2]
    if "/" in text or "www." in text.lower():
        text = address.sub(" ", text)
    names = dict.fromkeys(mention.findall(text))
    return [_candidates(name) for name in islice(names, MAX_MENTIONS)]


@lru_cache(MAX_NAMES)  # the same people are mentioned again and again
def _candidates(name: str) -> tuple[str, ...]:
    ends = [len(name)]
    if not name.isascii():
        ends += [match.start() for match in _patterns()[2].finditer(name)][::-1]
    found: dict[str, None] = {}
    for end in ends[:MAX_CANDIDATES]:
        part = name[:end]
        found[name_key(part)] = None
        while len(part) > 1 and part[-1] in ".-_":
            part = part[:-1]
            found[name_key(part)] = None
    return tuple(found)


@cache  # compiled on first use; `regex` has its own tables: every Python gives the same answer
def _patterns() -> tuple[Any, Any, Any]:
    """Addresses; mentions, with the name as group 1; the places in a name where the script changes."""
    import regex

    unspaced = "".join(rf"\p{{sc={script}}}" for script in _UNSPACED)
    begin = rf"(?<![\w@.\-][{_SIGNS}])|(?<=[{unspaced}][{_SIGNS}])|(?<=(?:^|\W)_{{1,3}}[{_SIGNS}])"
    changes = "|".join(
        rf"(?<=\p{{sc={script}}}[\p{{Common}}\p{{Inherited}}]*)[^\p{{sc={script}}}\p{{Common}}\p{{Inherited}}]"
        for script in SCRIPTS
    )
    return (
        regex.compile(_ADDRESS, regex.IGNORECASE),
        regex.compile(rf"[{_SIGNS}](?:{begin}){_NAME}"),
        regex.compile(changes),
    )

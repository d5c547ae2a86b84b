"""Emoji: what may be a reaction, and the one form in which equal ones are kept.

Keyboards differ: one sends a heart with a variation selector, the next without. `regex` decides by its own
Unicode tables, so every Python gives the same answer, also for emoji that are newer than it.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from typing import Any, Final

from chatd.contract.shown import MESSAGE

KNOWN: Final = 1_000  # texts whose forms are remembered: the same few are written again and again


@lru_cache(KNOWN)
def is_character(text: str) -> bool:
    """Whether it is one character as people see it (a grapheme cluster, UAX 29), and shows something."""
    return _patterns()[0].fullmatch(text) is not None and MESSAGE.wrong(text) is None


@lru_cache(KNOWN)
def qualified(text: str) -> str:
    """The form that is stored and compared: composed (NFC), and with variation selectors where an emoji is
    fully qualified (UTS 51, ED-18), and nowhere else. Names such as `:party:` stay as they are."""
    if text.isascii():
        return text
    bare = unicodedata.normalize("NFC", text).replace("\ufe0e", "").replace("\ufe0f", "")
    return str(_patterns()[1].sub("\\g<0>\ufe0f", bare))


@cache  # compiled on first use: most servers start long before the first reaction
def _patterns() -> tuple[Any, Any]:
    """One visible character without a joiner at its end; what takes a variation selector in a fully qualified
    emoji."""
    import regex

    return (
        regex.compile(r"(?=\p{Extended_Pictographic}|[^\p{C}\p{Z}\p{M}])\X(?<![\u200c\u200d])"),
        regex.compile(
            r"[0-9#*](?=\u20e3)"
            r"|[[\p{Emoji}--[0-9#*]]--\p{Emoji_Presentation}](?!\p{Emoji_Modifier})",
            regex.VERSION1,
        ),
    )

"""One name, one alphabet: who mixes them is taken for somebody else."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import regex

# Scripts of living languages (Unicode Standard Annex 31, tables 5 and 7), and which of them people mix in
# one word (UTS 39, "highly restrictive").
SCRIPTS: Final = (
    *("Adlam", "Arabic", "Armenian", "Bengali", "Bopomofo", "Canadian_Aboriginal", "Cherokee", "Cyrillic"),
    *("Devanagari", "Ethiopic", "Georgian", "Greek", "Gujarati", "Gurmukhi", "Han", "Hangul", "Hebrew"),
    *("Hiragana", "Kannada", "Katakana", "Khmer", "Lao", "Latin", "Malayalam", "Mongolian", "Myanmar"),
    *("Nko", "Oriya", "Sinhala", "Syriac", "Tamil", "Telugu", "Thaana", "Thai", "Tibetan", "Tifinagh", "Yi"),
)
TOGETHER: Final = (
    ("Latin", "Han", "Hiragana", "Katakana"),
    ("Latin", "Han", "Bopomofo"),
    ("Latin", "Han", "Hangul"),
)
_OF_ALL: Final = ("Common", "Inherited")  # digits, hyphens, accents


def one_alphabet(name: str) -> bool:
    """Whether all of its letters belong to one script, or to some that are written together."""
    return _pattern().fullmatch(name) is not None


@cache  # on first use: who only compares names need not wait for it
def _pattern() -> Any:
    choices = (*TOGETHER, *((script,) for script in SCRIPTS))
    return regex.compile("|".join(f"[{_letters(scripts)}]*" for scripts in choices))


def _letters(scripts: tuple[str, ...]) -> str:
    return "".join(rf"\p{{scx={script}}}" for script in (*scripts, *_OF_ALL))

"""Scripts: a name is written in one, so that mixed letters cannot imitate another name."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

# Scripts of living languages (Unicode Standard Annex 31, tables 5 and 7), and which of them people mix in
# one word (UTS 39, "highly restrictive").
SCRIPTS: Final = (
    *("Adlam", "Arabic", "Armenian", "Bengali", "Bopomofo", "Canadian_Aboriginal", "Cherokee", "Cyrillic"),
    *("Devanagari", "Ethiopic", "Georgian", "Greek", "Gujarati", "Gurmukhi", "Han", "Hangul", "Hebrew"),
    *("Hiragana", "Kannada", "Katakana", "Khmer", "Lao", "Latin", "Malayalam", "Mongolian", "Myanmar"),
    *("Nko", "Oriya", "Sinhala", "Syriac", "Tamil", "Telugu", "Thaana", "Thai", "Tibetan", "Tifinagh", "Yi"),
)
SCRIPT_SETS: Final = (
    ("Latin", "Han", "Hiragana", "Katakana"),
    ("Latin", "Han", "Bopomofo"),
    ("Latin", "Han", "Hangul"),
)
_SHARED: Final = ("Common", "Inherited")  # digits, hyphens, accents


def single_script(name: str) -> bool:
    """Whether all letters belong to one script, or to one of `SCRIPT_SETS`."""
    return name.isascii() or _pattern().fullmatch(name) is not None  # all letters of ASCII are Latin


@cache  # compiled on first use, because compiling is slow and most names are ASCII
def _pattern() -> Any:
    import regex

    choices = (*SCRIPT_SETS, *((script,) for script in SCRIPTS))
    return regex.compile("|".join(f"[{_letters(scripts)}]*" for scripts in choices))


def _letters(scripts: tuple[str, ...]) -> str:
    return "".join(rf"\p{{scx={script}}}" for script in (*scripts, *_SHARED))

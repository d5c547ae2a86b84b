"""Spelling: of which characters the name of an account consists.

Letters, digits, `.`, `_` and `-`, and the marks that letters need in many scripts: the vowel signs of Hindi
and Thai, the tones of Yoruba (UAX 31). What cannot be told from another spelling by looking at it is no
name: marks that nobody sees, strokes laid over a letter, a mark twice or a heap of them (UTS 39, 5.4), the
sign of a vowel after the letter of a vowel (The Unicode Standard, table 12-1).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any, Final

MOST_MARKS: Final = 6  # after one letter; and of those that take no space, in a row:
MOST_NONSPACING: Final = 4
_ASCII: Final = re.compile(r"\w[\w.-]*", re.ASCII)
_ASCII_RUN: Final = re.compile(r"[\w.-]+", re.ASCII)
_JOINERS: Final = re.compile("[\u200c\u200d]")
_STROKES: Final = r"\u0334-\u0338"
_MARK: Final = rf"[[\p{{Mn}}\p{{Mc}}]--\p{{Default_Ignorable_Code_Point}}--[{_STROKES}]]"
_LETTER: Final = rf"\p{{L}}{_MARK}{{0,{MOST_MARKS}}}+"
# Of Thai and Lao, which write them as one letter, although NFKC takes them apart.
_AM: Final = (("\u0e4d\u0e32", "\u0e33"), ("\u0ecd\u0eb2", "\u0eb3"))


def spelled(name: str) -> str:
    """The name as it is shown, however it was typed."""
    name = unicodedata.normalize("NFKC", name)
    for apart, letter in _AM:
        name = name.replace(apart, letter)
    return name


def well_spelled(name: str) -> bool:
    if name.isascii():
        return _ASCII.fullmatch(name) is not None
    whole, _, misread, heaped = _patterns()
    decomposed = unicodedata.normalize("NFD", name)
    return bool(whole.fullmatch(name)) and not (misread.search(name) or heaped.search(decomposed))


def fitted(text: str, gap: str) -> str:
    """What of the text may stand in a name, with `gap` for all between. A joiner, which Sinhala and Persian
    write within words and nobody sees, takes no word apart."""
    if _JOINERS.search(text):
        text = spelled(_JOINERS.sub("", text))
    run = _ASCII_RUN if text.isascii() else _patterns()[1]
    return gap.join(run.findall(text))


@cache  # compiled on first use, because compiling is slow and most names are ASCII
def _patterns() -> tuple[Any, ...]:
    """A name; a run of what it consists of; what is read as something else; too many marks, decomposed."""
    import regex

    patterns = (
        rf"(?:{_LETTER}|[\p{{N}}_])(?:{_LETTER}|[\p{{N}}_.\-])*+",
        rf"(?:{_LETTER}|[\p{{N}}_.\-])++",
        r"\p{InSC=Vowel_Independent}\p{InSC=Vowel_Dependent}",
        rf"(\p{{Mn}})\1|\p{{Mn}}{{{MOST_NONSPACING + 1}}}",
    )
    return tuple(regex.compile(pattern, regex.V1) for pattern in patterns)

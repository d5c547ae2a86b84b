"""What one character becomes in a folded text; see `tokenizer`, which alone calls this.

Every Python gives the same answer: what is newer than the oldest one's tables is in `newer_characters`.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import category, combining, decimal, lookup, name, normalize

from chatd.views.newer_characters import newer

# Combining classes of marks that belong to the letter as vowel signs do: none, viramas, Telugu length marks.
KEPT_CLASSES: Final = (0, 9, 84, 91)

# Letters that are others with something on them, or two in one, or the same from another keyboard or an older
# encoding; but Unicode does not take them apart.
ALIKE: Final = {
    "ı": "i",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "ð": "d",
} | {
    "\u06cc": "\u064a",  # Persian yeh
    "\u0649": "\u064a",  # alef maksura
    "\u06a9": "\u0643",  # Persian kaf
    "\u0629": "\u0647",  # teh marbuta
    "\u06c1": "\u0647",  # Urdu heh
    "\u06c3": "\u0647",
    "\u06d5": "\u0647",  # ae, and the heh of heh with yeh above
    "\u0671": "\u0627",  # alef with wasla
    "\u05f0": "\u05d5\u05d5",  # ligatures of Yiddish
    "\u05f1": "\u05d5\u05d9",
    "\u05f2": "\u05d9\u05d9",
    "\u09ce": "\u09a4\u09cd",  # Bengali khanda ta, before Unicode 4.1 written with a joiner
    "\u0d7a": "\u0d23\u0d4d",  # Malayalam chillus, before Unicode 5.1 written with a joiner
    "\u0d7b": "\u0d28\u0d4d",
    "\u0d7c": "\u0d30\u0d4d",
    "\u0d7d": "\u0d32\u0d4d",
    "\u0d7e": "\u0d33\u0d4d",
    "\u0d7f": "\u0d15\u0d4d",
    "\u0d54": "\u0d2e\u0d4d",
    "\u0d55": "\u0d2f\u0d4d",
    "\u0d56": "\u0d34\u0d4d",
    "\u0bb6": "\u0bb8",  # the sha and the sa of Tamil's shri, which look the same there
}
_WITH: Final = re.compile(r"((?:LATIN|CYRILLIC) SMALL LETTER .+?) WITH ")

# Scripts without spaces between words, as ranges of code points; and Hangul, for its endings.
UNSPACED: Final = (
    (0x0E00, 0x109F),  # Thai, Lao, Tibetan, Myanmar
    (0x1100, 0x11FF),  # Hangul
    (0x1780, 0x17FF),  # Khmer
    (0x1950, 0x19FF),  # Tai Le, New Tai Lue
    (0x1A00, 0x1AAF),  # Buginese, Tai Tham
    (0x1B00, 0x1B7F),  # Balinese
    (0x1BC0, 0x1BFF),  # Batak
    (0x2E80, 0x31FF),  # radicals, kana, Bopomofo, Hangul
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0xA4CF),  # Han, Yi
    (0xA500, 0xA63F),  # Vai
    (0xA960, 0xA9FF),  # Hangul, Javanese, Myanmar
    (0xAA00, 0xAADF),  # Cham, Myanmar, Tai Viet
    (0xAC00, 0xD7FF),  # Hangul
    (0xF900, 0xFAFF),  # Han
    (0x11700, 0x1174F),  # Ahom
    (0x11F00, 0x11F5F),  # Kawi
    (0x17000, 0x191FF),  # Tangut, Khitan, Jurchen
    (0x1B000, 0x1B2FF),  # kana, Nushu
    (0x20000, 0x3FFFF),  # Han
)

# What shows nothing (Default_Ignorable_Code_Point): joiners, marks of direction, variation selectors ...
IGNORABLE: Final = (
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)
STRETCHERS: Final = "\u0640\u07fa\u0883\u0884\u0885\u180a"  # make a word longer, as tatweel does
# Marks of Armenian that stand on a vowel in the middle of a word: emphasis, exclamation, question.
WITHIN: Final = "\u055b\u055c\u055e"
# Apostrophes and primes that Unicode takes for letters. As others are, they are no part of a word.
APOSTROPHES: Final = "\u02b9\u02ba\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ee\u0559\u07f4\u07f5\ua78b\ua78c"
# Signs that ASCII has as punctuation: slashes, minus, bars, colon, dot.
AS_PUNCTUATION: Final = "\u2044\u2212\u2215\u2216\u2217\u2223\u2236\u223c\u22c5"
PICTURES: Final = "\u3030\u303d"  # emoji that Unicode takes for punctuation


def fold_character(character: str) -> str:
    """A character of a text in NFKC in lower case, without marks; with spaces where words end."""
    if character.isascii():
        return character.lower() if character.isalnum() else " "
    if _within(character, IGNORABLE):
        return ""
    if _is_cut(character):
        return f" {character} "
    if (known := newer(character)) is not None:
        return known if known == character else "".join(map(fold_character, known))
    return "".join(_letter(letter) for letter in _without_marks(character))


def _within(character: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    point = ord(character)
    return any(first <= point <= last for first, last in ranges)


def _is_cut(character: str) -> bool:
    """Whether it is a word of its own."""
    known = newer(character)
    if known is not None:
        return known == character and _within(character, UNSPACED)
    kind = category(character)
    if kind[0] in "LNM":
        return kind != "Nd" and _within(character, UNSPACED)
    return (kind in ("Sm", "Sc", "So", "Cn") and character not in AS_PUNCTUATION) or character in PICTURES


def _without_marks(character: str) -> str:
    # twice, since folding the case may bring marks of its own
    for _ in range(2):
        parts = normalize("NFKD", character)
        kept = "".join(part for part in parts if combining(part) in KEPT_CLASSES)
        character = "".join(_alike(part) for part in kept.casefold())
    return character


def _alike(letter: str) -> str:
    if letter in ALIKE:
        return ALIKE[letter]
    plain = _WITH.match(name(letter, ""))
    try:
        return lookup(plain[1]) if plain else letter
    except KeyError:
        return letter


def _letter(letter: str) -> str:
    """What stays of a character without case and marks."""
    if letter in STRETCHERS + WITHIN or _within(letter, IGNORABLE):
        return ""
    if letter in APOSTROPHES:
        return " "
    kind = category(letter)
    if kind == "Nd":
        return str(decimal(letter))
    if kind[0] in "LN" or kind in ("Mn", "Mc"):
        return letter
    return "" if kind in ("Cf", "Me") else " "  # Cf: what is only there for how a text is set

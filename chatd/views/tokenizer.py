"""What the search takes for a word, the same for what was written and for what is looked for.

Words are compared without case and without diacritics: `Café`, `cafe` and `CAFE` are one. Scripts that
are written without spaces between words are cut into single characters, each a word of its own, so that
any piece of a text is a phrase of words, and can be found. So are emoji and other signs.

SQLite's `ascii` tokenizer reads what `fold` gives: it parts words at everything in ASCII that is neither
letter nor digit, takes all that is beyond ASCII as part of a word, and folds the case of ASCII letters. A
text in ASCII may therefore go to it as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final
from unicodedata import category, combining, normalize

import attrs

SEPARATOR: Final = r"[\x00-/:-`{-\x7f]"  # in a folded text, which has no capitals
WORD_CHARACTER: Final = SEPARATOR.replace("[", "[^")
KNOWN: Final = 20_000  # characters that are remembered; all of Unicode would be a hundred megabytes
VIRAMA: Final = 9  # the combining class of a sign that belongs to the letter, as vowel signs do
ZERO_WIDTH_JOINER: Final = "\u200d"

# Letters that are said to be others with something on them, but that Unicode does not take apart.
# Arabic and Persian keyboards have a yeh and a kaf of their own.
ALIKE: Final = {
    "ı": "i",
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "ħ": "h",
    "ŧ": "t",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
} | {
    "\u06cc": "\u064a",
    "\u0649": "\u064a",
    "\u06a9": "\u0643",
}

# Scripts without spaces between words, as ranges of code points; and Hangul, for its endings.
UNSPACED: Final = (
    (0x0E00, 0x109F),  # Thai, Lao, Tibetan, Myanmar
    (0x1100, 0x11FF),  # Hangul
    (0x1780, 0x17FF),  # Khmer
    (0x1950, 0x19FF),  # Tai Le, New Tai Lue
    (0x1A20, 0x1AAF),  # Tai Tham
    (0x1B00, 0x1B7F),  # Balinese
    (0x2E80, 0x31FF),  # radicals, kana, Bopomofo, Hangul
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0xA4CF),  # Han, Yi
    (0xA960, 0xA9FF),  # Hangul, Javanese, Myanmar
    (0xAA60, 0xAADF),  # Myanmar, Tai Viet
    (0xAC00, 0xD7FF),  # Hangul
    (0xF900, 0xFAFF),  # Han
    (0x1B000, 0x1B16F),  # kana
    (0x20000, 0x3FFFF),  # Han
)

_WORD: Final = re.compile(f"{WORD_CHARACTER}+")
# What is in ASCII and stays so, with nothing that could join its last character; all else, with the character
# before it that it may join.
_PIECE: Final = re.compile("(?P<plain>[\x00-\x7f]+(?=[\x00-\x7f]|\\Z))|[\x00-\x7f]?[^\x00-\x7f]+")


def fold(text: str) -> str:
    """The text as folded words with a space between each two."""
    if text.isascii():
        return " ".join(_WORD.findall(text.lower()))
    return " ".join(_fold(text).split())


@attrs.frozen
class Reading:
    """A text folded, but for what stands between its words, and where it comes from: the character at `i`
    belongs to what stands in the text from `starts[i]` to `ends[i]`."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def find(self, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
        """Where in the text whole words match the pattern, which sees to it that its last one ends."""
        place = 0
        while (found := pattern.search(self.text, place)) is not None:
            begins, place = found.span()
            if begins and _WORD.match(self.text, begins - 1):
                place = begins + 1
            else:
                yield self.starts[begins], self.ends[place - 1]


def read(text: str) -> Reading:
    size = len(text)
    if text.isascii():
        return Reading(text.lower(), range(size), range(1, size + 1))
    folded: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for piece in _PIECE.finditer(text):
        if piece["plain"]:
            folded.append(piece[0].lower())
            starts += range(piece.start(), piece.end())
            ends += range(piece.start() + 1, piece.end() + 1)
            continue
        for start, end in clusters(piece[0]):
            becomes = _folded(piece[0][start:end])
            folded.append(becomes)
            starts += [piece.start() + start] * len(becomes)
            ends += [piece.start() + end] * len(becomes)
    return Reading("".join(folded), starts, ends)


def clusters(text: str) -> Iterator[tuple[int, int]]:
    """The text as the pieces that must not be cut: a character, and all that normalisation may join to it
    or that is drawn as one with it. Not quite the grapheme clusters of UAX #29: flags are two."""
    start = 0
    for index, character in enumerate(text):
        if index > start and not _joins(character) and text[index - 1] != ZERO_WIDTH_JOINER:
            yield start, index
            start = index
    if text:
        yield start, len(text)


@lru_cache(KNOWN)
def _joins(character: str) -> bool:
    """Whether it may become one with the character before it."""
    if character.isascii():
        return False
    first = normalize("NFKC", character)[0]
    return (
        category(first)[0] == "M"
        or "\u1160" <= first <= "\u11ff"  # vowels and finals of Hangul
        or "\U0001f3fb" <= first <= "\U0001f3ff"  # tones of skin
        or "\U000e0020" <= first <= "\U000e007f"  # tags, as in some flags
        or first == ZERO_WIDTH_JOINER
    )


def _fold(text: str) -> str:
    return normalize("NFKC", text).translate(_CHARACTERS)


_folded = lru_cache(KNOWN)(_fold)  # of clusters, which come again and again


class _Characters(dict[int, str]):
    """What each character of a text in NFKC becomes; found out when it is first met."""

    def __missing__(self, point: int) -> str:
        folded = _character(chr(point))
        if len(self) < KNOWN:
            self[point] = folded
        return folded


_CHARACTERS: Final = _Characters()


def _character(character: str) -> str:
    if character.isascii():
        return character.lower() if character.isalnum() else " "
    if _cut(character):
        return f" {character} "
    return "".join(_letter(letter) for letter in _without_marks(character))


def _cut(character: str) -> bool:
    if category(character)[0] in "LNM":
        return any(first <= ord(character) <= last for first, last in UNSPACED)
    return category(character)[0] == "S" and category(character) != "Sk"


def _without_marks(character: str) -> str:
    # twice, since folding the case may bring marks of its own
    for _ in range(2):
        parts = normalize("NFKD", character)
        kept = "".join(part for part in parts if combining(part) in (0, VIRAMA))
        character = "".join(ALIKE.get(part, part) for part in kept.casefold())
    return character


def _letter(letter: str) -> str:
    """What stays of a character without case and marks."""
    kind = category(letter)
    if kind[0] in "LN" or kind in ("Mn", "Mc"):
        return "" if letter == "\u0640" or "\ufe00" <= letter <= "\ufe0f" else letter
    return "" if kind in ("Cf", "Me") else " "  # Cf: what is only there for how a text is set

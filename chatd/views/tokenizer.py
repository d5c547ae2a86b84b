"""What the search takes for a word, the same for what was written and for what is looked for.

Words are compared without case and without diacritics: `Café`, `cafe` and `CAFE` are one. Scripts that
are written without spaces between words are cut into single characters, each a word of its own, so that
any piece of a text is a phrase of words, and can be found. So are emoji and other signs.

Digits of every script are those of ASCII, and what shows nothing is not there. What one character becomes,
`characters` says.

SQLite's `ascii` tokenizer reads what `fold` gives: it parts words at everything in ASCII that is neither
letter nor digit, takes all that is beyond ASCII as part of a word, and folds the case of ASCII letters. A
text in ASCII may therefore go to it as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final
from unicodedata import category, normalize

import msgspec

from chatd.views.characters import fold_character

SEPARATOR: Final = r"[\x00-/:-`{-\x7f]"  # in a folded text, which has no capitals
WORD_CHARACTER: Final = SEPARATOR.replace("[", "[^")
KNOWN: Final = 20_000  # characters that are remembered; all of Unicode would be a hundred megabytes
ZERO_WIDTH_JOINER: Final = "\u200d"

# What normalisation turns into letters and digits that stand beside no others: No, TM, fractions.
_GLUED: Final = re.compile("[\u00bc-\u00be\u2116\u2120-\u2122\u213b\u2150-\u215f\u2189]")
# Who types the ring of Thai or Lao am before the tone means what normalisation writes after it.
_THAI_TONE: Final = re.compile("\u0e4d([\u0e48-\u0e4b])")
_LAO_TONE: Final = re.compile("\u0ecd([\u0ec8-\u0ecb])")

_WORD: Final = re.compile(f"{WORD_CHARACTER}+")
# What is in ASCII and stays so, with nothing that could join its last character; all else, with the character
# before it that it may join.
_PIECE: Final = re.compile("(?P<plain>[\x00-\x7f]+(?=[\x00-\x7f]|\\Z))|[\x00-\x7f]?[^\x00-\x7f]+")


def fold(text: str) -> str:
    """The text as folded words with a space between each two."""
    if text.isascii():
        return " ".join(_WORD.findall(text.lower()))
    return " ".join(_fold(text).split())


class Reading(msgspec.Struct, frozen=True):
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
    normal = normalize("NFKC", text)
    if normal != text and _GLUED.search(text):
        normal = normalize("NFKC", _GLUED.sub(r" \g<0> ", text))
    if "\u0e4d" in normal:
        normal = _THAI_TONE.sub("\\1\u0e4d", normal)
    if "\u0ecd" in normal:
        normal = _LAO_TONE.sub("\\1\u0ecd", normal)
    return normal.translate(_CHARACTERS)


_folded = lru_cache(KNOWN)(_fold)  # of clusters, which come again and again


class _Characters(dict[int, str]):
    """What each character of a text in NFKC becomes; found out when it is first met."""

    def __missing__(self, point: int) -> str:
        folded = fold_character(chr(point))
        if len(self) < KNOWN:
            self[point] = folded
        return folded


_CHARACTERS: Final = _Characters()

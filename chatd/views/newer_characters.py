"""Characters that are newer than the oldest Python that is supported, so that all of them know the same.

Python 3.11 has the tables of Unicode 14, later ones have later tables. What became a character since then, up
to Unicode 18, stands here: made of UnicodeData.txt and CaseFolding.txt. What is not listed is a sign, as
emoji are. Ideographs (planes 2 and 3) are not listed either: their code points were set apart long ago.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from typing import Final

NEWEST: Final = (18, 0)  # the version of Unicode that is listed

# Ranges of code points. Letters are also marks that are part of a word's spelling, and numbers.
LETTERS: Final = """
    88F B53-B54 C5C CDC CF3 ECE 1C8A 208F A7CD A7CF A7DB 105C0-105C8 105CA-105E3 105E5-105F3
    10940-10959 10D4A-10D4F 10D6F-10D85 10EC2-10EC7 10ED9-10EEE 10EFC 1123F-11241 11380-11382 11384
    11386-11389 1138B 11390 11392-113B5 113B7-113C0 113C2 113C9-113CA 113CC-113D3 113E1-113E2 11B0A
    11B60-11B67 11BC0-11BE0 11DB0-11DDB 11DF0-11DF1 11F00-11F10 11F12-11F3A 11F3E-11F42 11F5A 1246F
    12475-1247F 12550-12686 1342F 13440-13455 13460-143FA 16100-16120 16129-1612F 16D40-16D67
    16D6B-16D6C 16EBB-16ED3 16FF2-16FF6 187F8-187FF 18CD6-18CDA 18CFF 18D09-18D20 18D80-18DF2
    18E00-19191 191A0-191D2 1B127-1B128 1B132 1B155 1B168 1D2C0-1D2D3 1DF1F-1DF3F 1DF41-1DF47 1DF49
    1DF4B-1DF4C 1DF4E-1DF50 1DF52-1DF67 1DF69 1DF6B 1DF6D 1DF6F-1DF71 1DF73 1DF75 1DF77 1DF79 1DF7B
    1DF7D 1DF7F-1DF81 1DF90-1DF94 1DF96 1E4D0-1E4EB 1E5D0-1E5ED 1E5F0 1E6C0-1E6DE 1E6E0-1E6E2
    1E6E4-1E6E5 1E6E7-1E6ED 1E6F0-1E6F4 1E6FE-1E6FF
"""
# Marks that are left out of a word.
MARKS: Final = """
    5C8-5C9 897 1ACF-1AF0 10D69-10D6D 10ECB-10ECF 10EF0-10EFB 10EFD-10EFF 13439-1343F 1D127-1D128
    1D250-1D252 1D25B-1D25C 1D25F 1D280-1D281 1E08F 1E4EC-1E4EF 1E5EE-1E5EF 1E6E3 1E6E6 1E6EE-1E6EF
    1E6F5
"""
# Punctuation.
SPACES: Final = """
    1B4E-1B4F 1B7F 2E60-2E63 10D6E 10EC9-10ECA 10ED0 113D4-113D5 113D7-113D8 11B00-11B09 11BE1
    11F43-11F4F 16D6D-16D6F 1E5FF
"""
# Decimal digits, ten after ten.
DIGITS: Final = """
    10D40-10D49 116D0-116E3 11BF0-11BF9 11DE0-11DE9 11F50-11F59 16130-16139 16D70-16D79 1E4F0-1E4F9
    1E5F1-1E5FA
"""
# What others are made of (NFKD), or their small letters (case folding), one each from a code point on.
RUNS: Final = {
    0x558: "\u0567",
    0x58B: "\u056b\u0575",
    0x1C89: "\u1c8a",
    0x209D: "wyz",
    0xA7CB: "\u0264\ua7cd",
    0xA7CE: "\ua7cf",
    0xA7D2: "\ua7d3",
    0xA7D4: "\ua7d5",
    0xA7DA: "\ua7db",
    0xA7DC: "\u019b\u0277",
    0xA7E2: "\u027c",
    0xA7F1: "s",
    0xAB6C: "\uab4b\uab4c",
    0x105C9: "\U000105d2",
    0x105E4: "\U000105da",
    0x107BB: "\u0287\u0296\u0297\u029e\U0001df0b",
    0x10D50: (
        "\U00010d70\U00010d71\U00010d72\U00010d73\U00010d74\U00010d75\U00010d76\U00010d77"
        "\U00010d78\U00010d79\U00010d7a\U00010d7b\U00010d7c\U00010d7d\U00010d7e\U00010d7f"
        "\U00010d80\U00010d81\U00010d82\U00010d83\U00010d84\U00010d85"
    ),
    0x16EA0: (
        "\U00016ebb\U00016ebc\U00016ebd\U00016ebe\U00016ebf\U00016ec0\U00016ec1\U00016ec2"
        "\U00016ec3\U00016ec4\U00016ec5\U00016ec6\U00016ec7\U00016ec8\U00016ec9\U00016eca"
        "\U00016ecb\U00016ecc\U00016ecd\U00016ece\U00016ecf\U00016ed0\U00016ed1\U00016ed2"
        "\U00016ed3"
    ),
    0x1CCD6: "abcdefghijklmnopqrstuvwxyz0123456789",
    0x1DF40: "\U0001df41",
    0x1DF48: "\U0001df49",
    0x1DF4A: "\U0001df4b",
    0x1DF4D: "\U0001df4e",
    0x1DF51: "\U0001df52",
    0x1DF68: "\U0001df69",
    0x1DF6A: "\U0001df6b",
    0x1DF6C: "\U0001df6d",
    0x1DF6E: "\U0001df6f",
    0x1DF72: "\U0001df73",
    0x1DF74: "\U0001df75",
    0x1DF76: "\U0001df77",
    0x1DF78: "\U0001df79",
    0x1DF7A: "\U0001df7b",
    0x1DF7C: "\U0001df7d",
    0x1DF7E: "\U0001df7f",
    0x1DFCD: (
        "\U0001df57\U0001df58\U0001df59\u0263\u1d18\u0180\u0111\u01e5"
        "\u0142\u019a\U0001df50\U0001df3e\u0249\u1d7f\U0001df3f\u019e"
        "\u027c\u0238\u0239\U0001df2b\U0001df19\u0286\u1d98\U0001df2c"
        "\U0001df1c\u0293\u1d9a\u1d05\u1d00\u1d07\u027f\u0285"
        "\u02ae\u02af\u0221\u0234\u0235\u0236\u03c8\u03c9"
        "\u1d81\ua795\u1d87\u1d8a\u1d8e\u0188\u0199\u01a5"
        "\u02a0\u01ad\U0001df09"
    ),
    0x1E030: (
        "\u0430\u0431\u0432\u0433\u0434\u0435\u0436\u0437"
        "\u0438\u043a\u043b\u043c\u043e\u043f\u0440\u0441"
        "\u0442\u0443\u0444\u0445\u0446\u0447\u0448\u044b"
        "\u044d\u044e\ua689\u04d9\u0456\u0458\u04e9\u04af"
        "\u04cf\u0430\u0431\u0432\u0433\u0434\u0435\u0436"
        "\u0437\u0438\u043a\u043b\u043e\u043f\u0441\u0443"
        "\u0444\u0445\u0446\u0447\u0448\u044a\u044b\u0491"
        "\u0456\u0455\u045f\u04ab\ua651\u04b1"
    ),
}
# And those that are made of more than one.
PARTS: Final = {
    "\U00011383": "\U00011382\U000113c9",
    "\U00011385": "\U00011384\U000113bb",
    "\U0001138e": "\U0001138b\U000113c2",
    "\U00011391": "\U00011390\U000113c9",
    "\U000113c5": "\U000113c2\U000113c2",
    "\U000113c7": "\U000113c2\U000113b8",
    "\U000113c8": "\U000113c2\U000113c9",
    "\U00016121": "\U0001611e\U0001611e",
    "\U00016122": "\U0001611e\U00016129",
    "\U00016123": "\U0001611e\U0001611f",
    "\U00016124": "\U00016129\U0001611f",
    "\U00016125": "\U0001611e\U00016120",
    "\U00016126": "\U0001611e\U0001611e\U0001611f",
    "\U00016127": "\U0001611e\U00016129\U0001611f",
    "\U00016128": "\U0001611e\U0001611e\U00016120",
    "\U00016d68": "\U00016d67\U00016d67",
    "\U00016d69": "\U00016d63\U00016d67",
    "\U00016d6a": "\U00016d63\U00016d67\U00016d67",
    "\U0001b123": "\u3053\u3068",
    "\U0001b124": "\u30c8\u30ad",
    "\U0001b125": "\u30c8\u30c6",
    "\U0001b126": "\u30e8\u30ea",
    "\U0001d6a6": "ss",
    "\U0001df95": "ss",
}


def newer(character: str) -> str | None:
    """What a listed character is in a word: itself, its parts, its digit, nothing if it is a mark, a space.
    None for any other."""
    point = ord(character)
    index = bisect(_STARTS, point) - 1
    if index >= 0 and point <= _RANGES[index][1]:
        return _RANGES[index][2] if _RANGES[index][2] is not None else character
    return _FOLDED.get(character)


def _ranges() -> Iterator[tuple[int, int, str | None]]:
    for listed, becomes in ((LETTERS, None), (MARKS, ""), (SPACES, " ")):
        for first, last in _points(listed):
            yield first, last, becomes
    for first, last in _points(DIGITS):
        yield from ((point, point, str((point - first) % 10)) for point in range(first, last + 1))


def _points(listed: str) -> Iterator[tuple[int, int]]:
    for piece in listed.split():
        first, _, last = piece.partition("-")
        yield int(first, 16), int(last or first, 16)


_RANGES: Final = sorted(_ranges(), key=lambda listed: listed[0])
_STARTS: Final = [first for first, _, _ in _RANGES]
_FOLDED: Final = PARTS | {chr(first + at): part for first, run in RUNS.items() for at, part in enumerate(run)}

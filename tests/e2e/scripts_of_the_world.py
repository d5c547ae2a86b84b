"""Texts in many scripts, the same ones each time: what a chat between people of many places carries."""

from __future__ import annotations

import random

RANGES = {
    "latin": (0x20, 0x24F),
    "greek": (0x384, 0x3CE),
    "cyrillic": (0x400, 0x52F),
    "armenian": (0x531, 0x587),
    "hebrew": (0x5D0, 0x5EA),
    "arabic": (0x620, 0x6FF),
    "syriac": (0x710, 0x74A),
    "nko": (0x7C0, 0x7FA),
    "devanagari": (0x900, 0x97F),
    "bengali": (0x985, 0x9B9),
    "tamil": (0xB85, 0xBCD),
    "thai": (0xE01, 0xE5B),
    "tibetan": (0xF00, 0xFBC),
    "burmese": (0x1000, 0x109F),
    "georgian": (0x10A0, 0x10FF),
    "ethiopic": (0x1200, 0x135A),
    "cherokee": (0x13A0, 0x13F5),
    "khmer": (0x1780, 0x17F9),
    "mongolian": (0x1800, 0x18AA),
    "hiragana": (0x3041, 0x309F),
    "katakana": (0x30A0, 0x30FF),
    "han": (0x4E00, 0x9FFF),
    "hangul": (0xAC00, 0xD7A3),
    "private use": (0xE000, 0xE0FF),
    "gothic": (0x10330, 0x1034A),
    "cuneiform": (0x12000, 0x12399),
    "hieroglyphs": (0x13000, 0x1342E),
    "mathematical": (0x1D400, 0x1D7FF),
    "adlam": (0x1E900, 0x1E95F),
    "emoji": (0x1F300, 0x1F6FF),
    "han, second plane": (0x20000, 0x2A6DF),
    "last plane": (0x10FF00, 0x10FFFF),
    "controls": (0x00, 0x1F),
    "more controls": (0x7F, 0x9F),
    "combining marks": (0x300, 0x36F),
    "directions and joiners": (0x200B, 0x202E),
    "separators": (0x2028, 0x2029),
    "not characters": (0xFDD0, 0xFDEF),
    "specials": (0xFFF9, 0xFFFF),
}
CLUSTERS = [
    "👩\u200d👩\u200d👧\u200d👦",
    "🏳\ufe0f\u200d🌈",
    "👍🏿",
    "🇺🇳🇯🇵",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "e\u0301",
    "\u0041\u030a",
    "क्षि",
    "a" + "\u0335" * 40,
    "\u202eabc\u202c",
    "\ufeff",
    "\r\n",
    "\\u0000",
    '{"id": 1}',
]


def texts(count: int, seed: int) -> list[str]:
    """`count` texts, none of them empty: most in one script, some in several, some of whole clusters."""
    chance = random.Random(seed)
    scripts = list(RANGES.values())
    made = []
    for n in range(count):
        if n % 10 == 9:
            made.append("".join(chance.choices(CLUSTERS, k=chance.randint(1, 12))))
        else:
            mixed = chance.sample(scripts, 1 if n % 3 else 4)
            characters = [chr(chance.randint(*chance.choice(mixed))) for _ in range(chance.randint(1, 60))]
            made.append("".join(characters))
    return made

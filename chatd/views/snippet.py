"""The piece of a message that a search shows: where its words are first met, with what stands around."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from chatd.views.tokenizer import clusters, read

LENGTH: Final = 160  # characters
BEFORE: Final = 40  # of these, what stands before the first hit
CUT: Final = "…"


class Snippet(msgspec.Struct, frozen=True):
    """`highlights` are `[start, end)` in `text`, counted in characters (code points)."""

    text: str
    highlights: list[tuple[int, int]]


def snippet(text: str, wanted: Sequence[re.Pattern[str]]) -> Snippet:
    """About the first place where one of `wanted` (as `Wanted.patterns` gives them) stands."""
    reading = read(text) if wanted else None
    met = sorted(hit for pattern in wanted for hit in reading.find(pattern)) if reading else []
    start, end = 0, len(text)
    if len(text) > LENGTH:
        start, end = _window(text, met[0][0] if met else 0)
    head, tail = CUT if start else "", CUT if end < len(text) else ""
    shift = len(head) - start
    highlights = [(begun + shift, min(ended, end) + shift) for begun, ended in _joined(met) if begun < end]
    return Snippet(head + text[start:end] + tail, highlights)


def _joined(met: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What overlaps or touches becomes one."""
    joined: list[tuple[int, int]] = []
    for begun, ended in met:
        if joined and begun <= joined[-1][1]:
            begun, last = joined.pop()
            ended = max(ended, last)
        joined.append((begun, ended))
    return joined


def _window(text: str, hit: int) -> tuple[int, int]:
    """About `LENGTH` characters of a text that is longer, with the one at `hit` in it."""
    start = max(0, min(hit - BEFORE, len(text) - LENGTH))
    end = start + LENGTH
    if 0 < start < hit:
        start = _edge(text, start, range(start, min(hit, start + BEFORE // 2)))
    if end < len(text):
        end = _edge(text, end, range(end, max(hit, end - BEFORE // 2), -1))
    return start, end


def _edge(text: str, wish: int, places: range) -> int:
    """The first of `places` where a word begins or ends, else the place next to `wish` that cuts no
    character in two."""
    for place in places:
        if text[place - 1].isspace() != text[place].isspace():
            return place
    begin = max(0, wish - BEFORE)
    for start, _ in clusters(text[begin : wish + BEFORE]):
        if begin + start >= wish:
            return begin + start
    return wish

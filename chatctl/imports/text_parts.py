"""A text that is too long for one message, in parts that read as it does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attrs import frozen

_LAST_BREAK: Final = 500  # characters before the limit in which a text is cut at a line's or word's end
_LONGEST_FENCE: Final = 80  # characters; code that a longer line opens is not gone on with
_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")


@frozen
class _Fence:
    """`line` opens code, and `sign` ends it."""

    line: str
    sign: str

    def ends_at(self, line: str) -> bool:
        bare = line.strip()
        return bare.startswith(self.sign) and not bare.strip(self.sign[0])


def parts(text: str, most: int) -> Iterator[str]:
    """Of at most so many characters each. Code that goes on in the next part is closed, and opened there
    again."""
    while len(text) > most:
        cut = _cut(text, most)
        if (fence := _open_fence(text[:cut])) is not None:
            cut = _cut(text, most - len(fence.sign) - 1)
            fence = _open_fence(text[:cut])
        part, rest = text[:cut], text[cut:]
        if fence is None:
            text = rest.lstrip()
            yield part
            continue
        yield f"{part}\n{fence.sign}"
        rest = rest.removeprefix("\n")
        line, _, behind = rest.partition("\n")
        text = behind.lstrip() if fence.ends_at(line) else f"{fence.line}\n{rest}"
    if text:
        yield text


def _cut(text: str, most: int) -> int:
    for sign in "\n ":
        found = text.rfind(sign, most - _LAST_BREAK, most)
        if found > 0:
            return found
    bare = text[:most].rstrip("\\")
    return most - (most - len(bare)) % 2  # a backslash stays with the sign that it stands before


def _open_fence(part: str) -> _Fence | None:
    """That of the code in which the part ends."""
    fence: _Fence | None = None
    for line in part.split("\n"):
        if fence is not None:
            fence = None if fence.ends_at(line) else fence
        elif (found := _FENCE.fullmatch(line)) and "`" not in found[2] and len(line) <= _LONGEST_FENCE:
            fence = _Fence(line, found[1])
    return fence

"""A line of a log as text: its encoding, and the codes for colour and weight that some clients keep."""

from __future__ import annotations

import re
from typing import Final

from chatctl.imports.markdown import Mark, literal, span
from chatctl.imports.records import plain

# Bold, italic, struck; colours, reverse, underline and the like have nothing that stands for them.
_MARKS: Final[dict[str, Mark]] = {"\x02": "**", "\x1d": "*", "\x1e": "~~"}
_RESET: Final = "\x0f"
_CODE: Final = re.compile(
    "([\x02\x1d\x1e\x0f])|\x03(?:[0-9]{1,2}(?:,[0-9]{1,2})?)?|\x04(?:[0-9a-fA-F]{6}(?:,[0-9a-fA-F]{6})?)?"
    "|[\x11\x16\x1f]"
)
# ISO-2022-JP says by these which letters follow.
_JAPANESE: Final = re.compile(rb"\x1b(?:\$[@B]|\([BJ])")


def decoded(line: bytes) -> str:
    """Logs mix encodings: each line has its own. Who wrote it is not known, so what is not UTF-8 is taken for
    Windows' Western European letters, which are also those of Latin-1."""
    if _JAPANESE.search(line):
        try:
            return line.decode("iso2022_jp")
        except UnicodeDecodeError:
            pass
    try:
        return line.decode()
    except UnicodeDecodeError:
        pass
    try:
        return line.decode("cp1252")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def uncoded(text: str) -> str:
    """The text without codes."""
    return plain(_CODE.sub("", text))


def as_markdown(text: str) -> str:
    """The text with bold, italic and struck words as Markdown, and nothing else in it being markup."""
    if _CODE.search(text) is None:
        return literal(plain(text))
    parts: list[str] = []
    on: set[str] = set()
    at = 0
    for found in _CODE.finditer(text):
        parts.append(_marked(text[at : found.start()], on))
        at = found.end()
        if found[1] == _RESET:
            on.clear()
        elif found[1]:
            on ^= {found[1]}
    return "".join([*parts, _marked(text[at:], on)])


def _marked(text: str, on: set[str]) -> str:
    written = literal(plain(text))
    for code in sorted(on):
        written = span(_MARKS[code], written)
    return written

"""WhatsApp's markup as Markdown: `*bold*`, `_italic_`, `~struck~`, code, and people who are mentioned."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from chatctl.imports.markdown import Mark, code, literal, span

_MARKS: Final[dict[str, Mark]] = {"*": "**", "_": "*", "~": "~~"}
_PIECE: Final = re.compile(
    r"(?<!\w)(?P<address>(?:https?://|mailto:)[^\s<>\"`]{1,2000})"
    r"|```(?P<block>[^`]+)```"
    r"|`(?P<code>[^`\n]+)`"
    "|@\u2068(?P<person>[^\u2069\n]{1,100})\u2069"
    r"|(?<!\w)(?P<mark>[*_~])(?=\S)(?!(?P=mark))(?P<inside>(?:(?!(?P=mark))[^\n]|(?=(?P=mark))(?<=[^\W_])_(?=[^\W_]))+)(?<=\S)(?P=mark)(?!\w)"
    r"|^(?P<quote>> )",
    re.MULTILINE,
)


def as_markdown(text: str, who: Callable[[str], str | None]) -> str:
    """`who` gives what stands for the person with a name, None if there is no such person."""
    parts, at = [], 0
    for found in _PIECE.finditer(text):
        parts += [literal(text[at : found.start()]), _piece(found, who)]
        at = found.end()
    return "".join([*parts, literal(text[at:])])


def _piece(found: re.Match[str], who: Callable[[str], str | None]) -> str:
    match found.lastgroup:
        case "address":
            return literal(found[0])
        case "block" | "code":
            return code(found["block"] or found["code"])
        case "person":
            return who(found["person"]) or literal(f"@{found['person']}")
        case "quote":
            return found[0]
        case _:
            return span(_MARKS[found["mark"]], as_markdown(found["inside"], who))

"""Markdown as chatd reads it, written from what other chats have instead.

A reader takes what is plain text through `literal` and puts the rest together of the other functions. Only
what would change how a text reads is escaped: people look for texts and edit them.
"""

from __future__ import annotations

import re
from typing import Final, Literal
from urllib.parse import quote as percent_encoded

MAX_ADDRESS: Final = 2_000  # characters of a link's address; a longer one is left out

_SPECIAL: Final = re.compile(r"[\\`*_~|\[#>]")
_ADDRESS: Final = re.compile(
    # A bracket that might begin a link belongs to no address.
    r"(?<!\w)(?:https?://|mailto:)(?:[^\s<>\"`\[]|\[(?!\S{0,500}?\]\()){1,2000}",
    re.IGNORECASE,
)
_SIGN: Final = re.compile(
    r"\\(?=[!-/:-@\[-`{-~]|\Z)"  # a backslash that takes the sign after it away, which may be one of ours
    r"|`|\*(?!\s)|(?<!\s)\*|~~|\|\|"
    r"|(?<![^\W_])_(?!\s)|(?<!\s)_(?![^\W_])"  # an underscore inside a word is no markup
    r"|\[(?=.{0,500}?\]\()",
    re.DOTALL,
)
_BEGINS_BLOCK: Final = re.compile(
    r"^((?: {0,8}(?:[-+•]|\d{1,9}[.)])[ \t]+)* {0,8})((?:#{1,6}|\*)(?=[ \t])|>)", re.MULTILINE
)
_TRAILING: Final = frozenset(".,;:!?'\"*_~|)]}»”’…\\")
_OPENING: Final = {")": "(", "]": "["}
_SIGNS: Final = frozenset("`*_~|\\[")
_BRACKET: Final = re.compile(r"(?<!\\)[\[\]]")
_RUN: Final = re.compile(r"`+")
_EMPTY_LINES: Final = re.compile(r"(\n[ \t]*\n\s*)")
_LANGUAGE: Final = re.compile(r"[\w+#.-]{1,40}", re.ASCII)

Mark = Literal["**", "*", "~~", "||"]


def literal(text: str) -> str:
    """The text so that it reads as it stands: no sign in it is markup. Web addresses stay links."""
    if _SPECIAL.search(text) is None:
        return text
    parts, at = [], 0
    for found in _ADDRESS.finditer(text):
        address = _without_trailing(found[0])
        parts += [_escaped(text[at : found.start()]), address]
        at = found.start() + len(address)
        if any(sign in _SIGNS for sign in text[at : found.end() + 1]):
            parts[-1] = f"<{address}>"  # what escapes a sign behind it would be taken for a part of it
    return _BEGINS_BLOCK.sub(r"\1\\\2", "".join([*parts, _escaped(text[at:])]))


def _without_trailing(address: str) -> str:
    """Without the signs that belong to the sentence around it: as chatd reads addresses."""
    end = len(address)
    while address[end - 1] in _TRAILING:
        last = address[end - 1]
        if last in _OPENING and address.count(last, 0, end) <= address.count(_OPENING[last], 0, end):
            break
        end -= 1
    return address[:end]


def _escaped(text: str) -> str:
    return _SIGN.sub(lambda sign: "".join(f"\\{letter}" for letter in sign[0]), text)


def span(mark: Mark, text: str) -> str:
    """`text` (Markdown) bold, italic, struck or hidden. Marks stand at words, never at spaces, and not across
    an empty line: there they would be text."""
    return "".join(
        part if at % 2 or not part.strip() else _marked(mark, part)
        for at, part in enumerate(_EMPTY_LINES.split(text))
    )


def _marked(mark: Mark, text: str) -> str:
    inside = text.strip()
    before, _, after = text.partition(inside)
    # A sign at the border would be one with the mark, and a backslash take it away.
    alone = mark[0] if mark in ("~~", "||") else ""
    if alone and inside.startswith(alone):
        inside = f"\\{inside}"
    slashes = len(inside) - len(inside.rstrip("\\"))
    if slashes % 2:
        inside += "\\"
    elif alone and inside.endswith(alone) and not inside.endswith(f"\\{alone}"):
        inside = f"{inside[:-1]}\\{inside[-1]}"
    return f"{before}{mark}{inside}{mark}{after}"


def code(text: str) -> str:
    """The plain text as code in a line; as a block where it has lines."""
    if not text.strip():
        return text
    if "\n" in text.strip("\n"):
        return f"\n{fenced(text.strip(chr(10)))}\n"
    text = text.replace("\n", " ")
    ticks = _longer_than_any(text, least=1)
    padded = f" {text} " if text.startswith("`") or text.endswith("`") else text
    return f"{ticks}{padded}{ticks}"


def fenced(text: str, language: str = "") -> str:
    """The plain text as a block of code. It has to stand on lines of its own."""
    ticks = _longer_than_any(text, least=3)
    known = _LANGUAGE.fullmatch(language)
    end = "" if text.endswith("\n") else "\n"
    return f"{ticks}{language if known else ''}\n{text}{end}{ticks}"


def _longer_than_any(text: str, least: int) -> str:
    return "`" * max(least, max((len(run[0]) + 1 for run in _RUN.finditer(text)), default=0))


def quoted(text: str) -> str:
    """`text` (Markdown) as a quote. It has to stand on lines of its own."""
    return "\n".join(f"> {line}".rstrip() for line in text.strip("\n").split("\n"))


def link(label: str, address: str) -> str:
    """`label` (plain text) as a link to the address, if it is one to the web or of mail; else the label."""
    label, address = " ".join(label.split()), address.strip()
    if not is_address(address):
        return literal(label)
    safe = percent_encoded(address, safe="!#$%&'*+,-./:;=?@[]_~", errors="replace")
    if len(safe) > MAX_ADDRESS:
        return literal(label)
    if label in ("", address) and _ADDRESS.fullmatch(address) and _without_trailing(address) == address:
        return address
    words = _BRACKET.sub(r"\\\g<0>", _escaped(label or address))
    return f"[{words}]({safe})"


def is_address(text: str) -> bool:
    """Whether it may become a link."""
    return re.match(r"(?:https?://|mailto:)[^\s]", text, re.IGNORECASE) is not None

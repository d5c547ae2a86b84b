"""Rocket.Chat's texts: Markdown with marks of its own, `*bold*` and `~struck~`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from chatctl.imports.code_spans import outside_code, with_mentions
from chatctl.imports.emoji import with_emoji
from chatctl.imports.markdown import link
from chatctl.imports.records import plain

_SPECIAL: Final = re.compile(r"[*_~@|<]|:[a-z0-9_+'-]+:|!\[")
_BOLD: Final = re.compile(r"(?<![\w*\\])\*(?=[^\s*])([^*\n]{1,4000})(?<!\s)\*(?![\w*])")
_ITALIC: Final = re.compile(r"(?<![\w_\\])__(?=[^\s_])([^_\n]{1,4000})(?<!\s)__(?![\w_])")
_STRUCK: Final = re.compile(r"(?<![\w~\\])~(?=[^\s~])([^~\n]{1,4000})(?<!\s)~(?![\w~])")
_LINK: Final = re.compile(r"<(https?://[^\s<>|]{1,2000})\|([^<>\n]{1,500})>")
_PICTURE: Final = re.compile(r"!(?=\[[^\]\n]{0,500}\]\()")
# How a message is quoted: a link without words to it, before the text.
_QUOTE: Final = re.compile(r"\[\s*\]\(\S{1,1500}?[?&]msg=([\w-]{1,100})[^)\s]{0,500}\)[ \t]*\n?")
_ALL: Final = ("all", "here")


def markdown(text: str, key_of: Callable[[str], str | None]) -> str:
    """`key_of`: the person with a user name."""
    text = plain(text)
    if _SPECIAL.search(text) is None:
        return text

    def person(name: str) -> str | None:
        return None if name in _ALL else key_of(name)

    def change(piece: str) -> str:
        piece = _PICTURE.sub("", piece).replace("||", "\\|\\|")
        piece = _LINK.sub(lambda found: link(found[2], found[1]), piece)
        piece = _STRUCK.sub(r"~~\1~~", _ITALIC.sub(r"*\1*", _BOLD.sub(r"**\1**", piece)))
        return with_emoji(with_mentions(piece, person), more=True)

    return outside_code(text, change)


def without_quote(text: str) -> tuple[str, str | None]:
    """The text, and the id of the message that it quotes."""
    found = _QUOTE.match(text)
    if found is None:
        return text, None
    return text[found.end() :], found[1]

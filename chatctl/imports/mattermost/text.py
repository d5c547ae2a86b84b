"""Mattermost's texts: Markdown already, but for mentions, names of emoji and pictures."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Final

from chatctl.imports.code_spans import outside_code, with_mentions
from chatctl.imports.emoji import with_emoji
from chatctl.imports.keys import bounded
from chatctl.imports.records import plain

_SPECIAL: Final = re.compile(r"@[a-zA-Z0-9]|:[a-z0-9_+'-]+:|!\[|\|\|")
_PICTURE: Final = re.compile(r"!(?=\[[^\]\n]{0,500}\]\()")
_ALL: Final = ("all", "channel", "here")


def markdown(text: str, people: Container[str]) -> str:
    """`people`: the user names that may be mentioned."""
    text = plain(text)
    if _SPECIAL.search(text) is None:
        return text

    def key_of(name: str) -> str | None:
        name = name.lower()
        return bounded(name) if name in people and name not in _ALL else None

    def change(piece: str) -> str:
        piece = _PICTURE.sub("", piece).replace("||", "\\|\\|")
        return with_emoji(with_mentions(piece, key_of))

    return outside_code(text, change)

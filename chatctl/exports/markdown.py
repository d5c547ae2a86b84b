"""A message's text taken apart: what the browser client draws of Markdown. HTML in it is text."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from chatctl.exports.line_blocks import line_blocks

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.tree import SyntaxTreeNode

_NESTED: Final = 20  # spans in each other
_SCHEMES: Final = ("http", "https", "mailto")
# A bare address ends before the signs that belong to the sentence.
_BARE: Final = re.compile(r"\b(?:https?://|mailto:)[^\s<>\"`]{1,2000}", re.IGNORECASE)
_SCHEME: Final = re.compile(r"\b(?:https?|mailto)\Z", re.IGNORECASE)
_LONGEST_SCHEME: Final = len("x mailto")
_TRAILING: Final = ".,;:!?'\"*_~|)]}»”’…"
# What CommonMark has and a message has not: HTML, entities, pictures, references, code by indentation.
_NOT_KNOWN: Final = (
    *("html_block", "html_inline", "entity", "image", "reference", "code", "lheading", "hr"),
)


# Texts without any of these are one paragraph of words.
_SPECIAL: Final = re.compile(r"[\\`*_~\[\]#:<>\n\x0e@]|\|\||^\s|^\d+[.)]|^[-+•]|https?|mailto", re.IGNORECASE)
_BARS: Final = "||"
_PLAIN: Final = re.compile(r"(?:[^\n\\`*_~\[\]<:|]|\|(?!\|))+")  # with what no rule of a line begins


def is_words(text: str) -> bool:
    """Whether nothing in the text is markup, an address, an emoji's name or a mention."""
    return _SPECIAL.search(text) is None


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": _NESTED}).enable("strikethrough")
    parser.disable(list(_NOT_KNOWN))
    line_blocks(parser)
    parser.inline.ruler.before("escape", "bare_address", _bare_address)
    parser.inline.ruler.before("escape", "last_backslash", _last_backslash)
    parser.inline.ruler.before("escape", "spoiler", _spoiler)
    parser.inline.ruler.at("text", _plain)
    # Which addresses become links is decided by `safe_address`, in one place.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    return parser


def _last_backslash(state: StateInline, silent: bool) -> bool:
    """A backslash at the end of a line is one, and makes no new line: there is one."""
    if state.src[state.pos : state.pos + 2] != "\\\n":
        return False
    if not silent:
        state.pending += "\\"
    state.pos += 1
    return True


def _plain(state: StateInline, silent: bool) -> bool:
    found = _PLAIN.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        state.pending += found[0]
    state.pos = found.end()
    return True


def _spoiler(state: StateInline, silent: bool) -> bool:
    """What stands between two pairs of bars is hidden until somebody wants to see it."""
    begin, most = state.pos + len(_BARS), state.posMax
    if silent or not state.src.startswith(_BARS, state.pos):
        return False
    start, state.pos = state.pos, begin
    while state.pos < most and not state.src.startswith(_BARS, state.pos):
        state.md.inline.skipToken(state)
    end, state.pos = state.pos, start
    if not begin < end <= most - len(_BARS):
        return False
    state.push("spoiler_open", "span", 1)
    state.pos, state.posMax = begin, end
    state.md.inline.tokenize(state)
    state.push("spoiler_close", "span", -1)
    state.pos, state.posMax = end + len(_BARS), most
    return True


def parsed(text: str) -> SyntaxTreeNode:
    from markdown_it.tree import SyntaxTreeNode

    return SyntaxTreeNode(_parser().parse(text))


def safe_address(address: str) -> str | None:
    """The address if it may be a link: `javascript:` and the like may not."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    whole = parts.scheme in _SCHEMES and (parts.netloc or (parts.scheme == "mailto" and parts.path))
    return address if whole and not re.search(r"[\s\x00-\x1f\x7f]", address) else None


def _bare_address(state: StateInline, silent: bool) -> bool:
    """A rule of markdown-it: an address that stands by itself is a link, and nothing in it is markup. What
    was read before it ends with its scheme."""
    if state.src[state.pos] != ":" or state.linkLevel or silent:  # silent: it looks for the end of a label
        return False
    scheme = _SCHEME.search(state.src, max(0, state.pos - _LONGEST_SCHEME), state.pos)
    found = _BARE.match(state.src, scheme.start()) if scheme is not None else None
    if found is None or not state.pending.endswith(found[0][: state.pos - found.start()]):
        return False
    address = found[0].rstrip(_TRAILING)
    if found[0][len(address) :].startswith(")") and address.count("(") > address.count(")"):
        address += ")"
    if safe_address(address) is None:
        return False
    state.pending = state.pending[: found.start() - state.pos]
    state.push("link_open", "a", 1).attrs = {"href": address}
    state.push("text", "", 0).content = address
    state.push("link_close", "a", -1)
    state.pos = found.start() + len(address)
    return True

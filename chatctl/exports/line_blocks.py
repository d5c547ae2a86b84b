"""Quotes, lists and headings as the browser client draws them: a line belongs to what its own beginning says,
where CommonMark lets the line behind a quote or a list go on with it. Rules for markdown-it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock

DEEPEST: Final = 5  # quotes and lists in each other; deeper ones are text
_QUOTE: Final = re.compile(r" {0,3}> ?")
_ITEM: Final = re.compile(r"( {0,8})([-*+•]|\d{1,9}[.)])[ \t]+(?=\S)")
_HEADING: Final = re.compile(r"(#{1,6})[ \t]+(.*)")
_CLOSED: Final = re.compile(r"(?:^|[ \t])#+$")
_DEPTH: Final = "depth"  # in the environment of a parser: how many are around


def line_blocks(parser: MarkdownIt) -> None:
    """Has the parser read them so."""
    interrupts = {"alt": ["paragraph"]}
    parser.disable(["blockquote", "list", "heading"])
    for name, rule in (("line_quote", _quote), ("line_list", _list), ("line_heading", _heading)):
        parser.block.ruler.before("heading", name, rule, interrupts)  # type: ignore[arg-type]


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] : state.eMarks[number]]


def _inside(state: StateBlock, lines: list[str]) -> None:
    """What stands in a quote or an item, by the same rules."""
    around = state.env.get(_DEPTH, 0)
    state.env[_DEPTH] = around + 1
    state.md.block.parse("\n".join(lines), state.md, state.env, state.tokens)
    state.env[_DEPTH] = around


def _quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.env.get(_DEPTH, 0) >= DEEPEST or _QUOTE.match(_line(state, start)) is None:
        return False
    if silent:
        return True
    lines, number = [], start
    while number < end and (found := _QUOTE.match(line := _line(state, number))) is not None:
        lines.append(line[found.end() :])
        number += 1
    state.push("blockquote_open", "blockquote", 1)
    _inside(state, lines)
    state.push("blockquote_close", "blockquote", -1)
    state.line = number
    return True


def _list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Items of one kind; what is indented beneath one belongs to it."""
    first = _ITEM.match(_line(state, start))
    if state.env.get(_DEPTH, 0) >= DEEPEST or first is None:
        return False
    if silent:
        return True
    indent, ordered = len(first[1]), first[2][0].isdigit()
    items: list[list[str]] = []
    number = start
    while number < end:
        line = _line(state, number)
        spaces = len(line) - len(line.lstrip())
        item = _ITEM.match(line)
        if item is not None and len(item[1]) <= indent + 1:
            if len(item[1]) < indent or item[2][0].isdigit() is not ordered:
                break
            items.append([line[item.end() :]])
        elif spaces >= indent + 2 and line.strip():
            items[-1].append(line[min(spaces, indent + 2 + ordered) :])
        else:
            break
        number += 1
    kind, tag = ("ordered_list", "ol") if ordered else ("bullet_list", "ul")
    opened = state.push(f"{kind}_open", tag, 1)
    if ordered:
        opened.attrs = {"start": int(first[2][:-1])}
    for lines in items:
        state.push("list_item_open", "li", 1)
        _inside(state, lines)
        state.push("list_item_close", "li", -1)
    state.push(f"{kind}_close", tag, -1)
    state.line = number
    return True


def _heading(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    found = _HEADING.match(_line(state, start))
    if found is None or silent:
        return found is not None
    tag = f"h{len(found[1])}"
    state.push("heading_open", tag, 1)
    words = state.push("inline", "", 0)
    words.content, words.children = _CLOSED.sub("", found[2].rstrip()), []
    state.push("heading_close", tag, -1)
    state.line = start + 1
    return True

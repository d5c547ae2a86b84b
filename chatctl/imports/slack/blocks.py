"""Slack's blocks as chatd's Markdown. What a person wrote since 2019 is one `rich_text` block, what an app
wrote may be of any kind. `rendered` gives none where there is a kind that is not known here: then the
message's text, which is made for clients that cannot show the blocks, is better.

https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from chatctl.imports.emoji import emoji_named
from chatctl.imports.markdown import Mark, code, fenced, link, literal, quoted, span
from chatctl.imports.records import mention, plain
from chatctl.imports.slack.mrkdwn import address_of, markdown, unescaped

_DEEPEST: Final = 6  # indents of a list
_ELEMENTS: Final = 20_000  # of one message
_RAW: Final = re.compile(r"[<>]|&(?!amp;|lt;|gt;)")
_STYLES: Final = ("bold", "italic", "strike", "code")
_MARKS: Final[tuple[tuple[str, Mark], ...]] = (("bold", "**"), ("italic", "*"), ("strike", "~~"))
_NOTHING_TO_READ: Final = ("divider", "input", "file")


class _Unknown(Exception):
    """A block, or part of one, of a kind that is not known here."""


class Blocks:
    def __init__(self, rooms: Mapping[str, str]) -> None:
        self._rooms = rooms
        self._escaped = False
        self._told = ""
        self._left = _ELEMENTS

    def rendered(self, blocks: Any, told: str = "") -> str | None:
        """`told`: the text beside them. It may name groups of users, of whom blocks have the ids alone."""
        self._begin(blocks, told)
        try:
            return _lines(self._block(block) for block in _dicts(blocks))
        except _Unknown:
            return None

    def readable(self, blocks: Any) -> str:
        """Where there is no other text: what there is to read in blocks of any kind. Of those that are not
        known it is without what it looks like."""
        self._begin(blocks, "")
        return _lines(self._readable(block) for block in _dicts(blocks))

    def _begin(self, blocks: Any, told: str) -> None:
        self._told, self._left = told, _ELEMENTS
        # Slack escapes texts in blocks as it does elsewhere, some programs that write exports do not.
        self._escaped = not any(_RAW.search(text) for text in _texts(blocks, 0))

    def _readable(self, block: dict[str, Any]) -> str:
        try:
            return self._block(block)
        except _Unknown:
            found = [literal(unescaped(text)) for text in _words([block], 0)]
            return _lines(found[:_ELEMENTS])

    def _block(self, block: dict[str, Any]) -> str:
        kind = block.get("type")
        if kind == "rich_text":
            return "\n".join(self._part(part) for part in _dicts(block.get("elements")))
        if kind == "section":
            texts = [block.get("text"), *_dicts(block.get("fields"))]
            told = [self._text(text) for text in texts if isinstance(text, dict)]
            return "\n".join([*told, *self._buttons([block.get("accessory")])])
        if kind == "header":
            text = self._text(block.get("text"))
            return span("**", text) if text else ""
        if kind == "context":
            found = [self._text(one) for one in _dicts(block.get("elements")) if one.get("type") != "image"]
            return " ".join(one for one in found if one.strip())
        if kind == "image":
            return self._image(block)
        if kind == "markdown":  # of the usual kind, and not Slack's own
            return _word(block, "text").replace("||", "\\|\\|")
        if kind == "table":
            return "\n".join(self._cells(row) for row in _lists(block.get("rows")))
        if kind == "actions":
            return "\n".join(self._buttons(block.get("elements")))
        if kind == "call":
            return self._call(block)
        if kind in _NOTHING_TO_READ:
            return ""
        raise _Unknown

    def _text(self, text: Any) -> str:
        if not isinstance(text, dict) or not isinstance(text.get("text"), str):
            return ""
        if text.get("type") == "mrkdwn":
            return markdown(text["text"], self._rooms)
        return literal(unescaped(plain(text["text"])))

    def _buttons(self, elements: Any) -> Iterator[str]:
        """Those that lead somewhere; others are for whoever was there."""
        for one in _dicts(elements):
            label, address = one.get("text"), _word(one, "url")
            if address:
                yield link(unescaped(_word(label, "text")) if isinstance(label, dict) else "", address)

    def _call(self, block: dict[str, Any]) -> str:
        about = block.get("call")
        call = about.get("v1") if isinstance(about, dict) else None
        if not isinstance(call, dict):
            raise _Unknown
        return f"Call: {link(_word(call, 'name'), _word(call, 'join_url'))}"

    def _image(self, block: dict[str, Any]) -> str:
        title = block.get("title")
        label = _word(title, "text") if isinstance(title, dict) else ""
        return link(label or _word(block, "alt_text") or "image", _word(block, "image_url"))

    def _cells(self, row: list[Any]) -> str:
        cells = [
            self._block(cell) if cell.get("type") == "rich_text" else literal(_word(cell, "text"))
            for cell in _dicts(row)
        ]
        return " · ".join(" ".join(cell.split()) for cell in cells)

    def _part(self, part: dict[str, Any]) -> str:
        kind = part.get("type")
        if kind == "rich_text_section":
            return self._inline(part.get("elements"))
        if kind == "rich_text_list":
            return self._list(part)
        if kind == "rich_text_quote":
            return quoted(self._inline(part.get("elements")))
        if kind == "rich_text_preformatted":
            return fenced(
                "".join(self._seen(one) for one in _dicts(part.get("elements"))), _word(part, "language")
            )
        raise _Unknown

    def _list(self, part: dict[str, Any]) -> str:
        ordered = part.get("style") == "ordered"
        indent = max(0, min(_number(part, "indent"), _DEEPEST))
        first = max(0, min(_number(part, "offset"), 100_000)) + 1
        lines = []
        for number, item in enumerate(_dicts(part.get("elements")), first):
            mark = f"{number}." if ordered else "-"
            text = self._part(item).replace("\n", "\n" + "  " * (indent + 1))
            lines.append(f"{'  ' * indent}{mark} {text}")
        return "\n".join(lines)

    def _inline(self, elements: Any) -> str:
        return self._marked(list(_joined(_dicts(elements))), _MARKS).rstrip("\n")

    def _marked(self, elements: list[dict[str, Any]], marks: tuple[tuple[str, Mark], ...]) -> str:
        """Neighbours that share a style stand between one pair of its marks: those of two that touch would
        read as others."""
        if not marks:
            return "".join(self._element(one) for one in elements)
        (name, mark), *rest = marks
        parts = []
        for styled, those in groupby(elements, lambda one: name in _style(one)):
            done = self._marked(list(those), tuple(rest))
            parts.append(span(mark, done) if styled and done.strip() else done)
        return "".join(parts)

    def _element(self, element: dict[str, Any]) -> str:
        self._left -= 1
        if self._left < 0:
            raise _Unknown
        style = element.get("style")
        style = style if isinstance(style, dict) else {}
        kind = element.get("type")
        if style.get("code") and kind in ("text", "link"):
            done = code(self._seen(element))
        else:
            known = _INLINE.get(kind) if isinstance(kind, str) else None
            if known is None:
                raise _Unknown
            done = known(self, element)
        return done

    def _plain(self, element: dict[str, Any], name: str) -> str:
        text = _word(element, name)
        return unescaped(text) if self._escaped else text

    def _seen(self, element: dict[str, Any]) -> str:
        """What stands there, in code."""
        text = self._plain(element, "text") or self._plain(element, "url")
        return text or self._element({**element, "style": None})

    def _link(self, element: dict[str, Any]) -> str:
        return link(self._plain(element, "text"), address_of(self._plain(element, "url")))

    def _emoji(self, element: dict[str, Any]) -> str:
        name = _word(element, "name")
        tone = _number(element, "skin_tone")
        known = emoji_named(f"{name}::skin-tone-{tone}" if tone else name)
        return known or f":{name}:"

    def _room(self, element: dict[str, Any]) -> str:
        room = _word(element, "channel_id")
        return f"#{self._rooms.get(room, room)}"

    def _group(self, element: dict[str, Any]) -> str:
        id_ = _word(element, "usergroup_id")
        name = self._told.partition(f"<!subteam^{id_}|")[2].partition(">")[0]
        name = unescaped(plain(name)).removeprefix("@")
        return literal(f"@{name or id_}")


_INLINE: Final[dict[str, Callable[[Blocks, dict[str, Any]], str]]] = {
    "text": lambda blocks, one: literal(blocks._plain(one, "text")),
    "link": Blocks._link,
    "emoji": Blocks._emoji,
    "user": lambda _, one: mention(_word(one, "user_id")),
    "channel": Blocks._room,
    "broadcast": lambda _, one: f"@{_word(one, 'range') or 'channel'}",
    "usergroup": Blocks._group,
    "color": lambda _, one: _word(one, "value"),
    "date": lambda blocks, one: literal(blocks._plain(one, "fallback") or str(_number(one, "timestamp"))),
    "canvas": lambda _, one: "(canvas)",
    "file": lambda _, one: "(file)",
    "message": lambda blocks, one: link("", blocks._plain(one, "url")),
}


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(part for part in parts if part.strip()).strip("\n")


def _word(of: dict[str, Any], name: str) -> str:
    value = of.get(name)
    return plain(value) if isinstance(value, str) else ""


def _number(of: dict[str, Any], name: str) -> int:
    value = of.get(name)
    return value if isinstance(value, int) else 0


def _dicts(values: Any) -> list[dict[str, Any]]:
    return [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []


def _lists(values: Any) -> list[list[Any]]:
    return [one for one in values if isinstance(one, list)] if isinstance(values, list) else []


def _joined(elements: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Texts of one style that follow each other are one: marks that touch would read as others."""
    held: dict[str, Any] | None = None
    for one in elements:
        is_text = one.get("type") == "text"
        if held is not None and is_text and _style(one) == _style(held):
            held = {**held, "text": _word(held, "text") + _word(one, "text")}
            continue
        if held is not None:
            yield held
        held = one if is_text else None
        if not is_text:
            yield one
    if held is not None:
        yield held


def _style(element: dict[str, Any]) -> set[str]:
    style = element.get("style")
    return {name for name in _STYLES if style.get(name)} if isinstance(style, dict) else set()


def _words(values: Any, depth: int) -> Iterator[str]:
    for one in _dicts(values) if depth < _DEEPEST else ():
        for name in ("title", "text", "description"):
            text = one.get(name)
            yield _word(text, "text") if isinstance(text, dict) else _word(one, name)
        for name in ("elements", "fields", "blocks"):
            yield from _words(one.get(name), depth + 1)


def _texts(values: Any, depth: int) -> Iterator[str]:
    """The texts of all elements, wherever they stand."""
    for one in _dicts(values) if depth < _DEEPEST else ():
        if one.get("type") in ("text", "link"):
            yield _word(one, "text")
        yield from _texts(one.get("elements"), depth + 1)

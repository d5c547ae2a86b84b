"""HTML of messages as Markdown. Nothing of it is kept as HTML, and what is not known stays as its text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from attrs import define, field

from chatctl.imports.html_tokens import Closes, Opens, Says, tokens
from chatctl.imports.markdown import Mark, code, fenced, link, literal, quoted, span

MAX_HTML: Final = 262_144  # characters of a message that are read
MAX_DEPTH: Final = 50  # of elements in each other; deeper ones are only their text

# Gives what stands for an element, of which tag, attributes and text are known; None: the usual.
Special = Callable[[str, dict[str, str], str], str | None]

_MARKS: Final[dict[str, Mark]] = {
    "b": "**", "strong": "**", "i": "*", "em": "*", "s": "~~", "del": "~~", "strike": "~~",
}  # fmt: skip
_EMPTY: Final = frozenset(
    ["br", "hr", "img", "input", "wbr", "meta", "link", "attachment", "col", "source", "embed", "area"]
)
_DROPPED: Final = frozenset(["script", "style", "head", "title", "template", "mx-reply", "iframe", "object"])
_HEADINGS: Final = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_APART: Final = frozenset(
    ["p", "ul", "ol", "blockquote", "pre", "codeblock", "table", "details", "figure", *_HEADINGS]
)
_LINES: Final = frozenset(
    ["div", "li", "tr", "section", "article", "header", "footer", "summary", "dt", "dd"]
)
_CODE: Final = frozenset(["code", "pre", "tt", "codeblock"])
_BLOCKS: Final = frozenset(["pre", "codeblock"])
_NUMBER: Final = re.compile(r"\d{1,9}", re.ASCII)
_SPACE: Final = re.compile(r"[ \t\n\f]+")
_AROUND: Final = re.compile(r"[ \t]*\n[ \t]*")


@define
class _Piece:
    """`gap`: how it stands apart from what is before and after: not (0), on its own line (1), behind an empty
    line (2)."""

    text: str
    gap: int = 0


@define
class _Element:
    tag: str
    attributes: dict[str, str]
    pieces: list[_Piece] = field(factory=list)
    text: list[str] = field(factory=list)  # of all inside, without any markup
    number: int = 1  # of the next item

    def markdown(self) -> str:
        """Inline pieces run together, others have their lines."""
        parts: list[str] = []
        run: list[str] = []
        last = 0
        for piece in [*self.pieces, _Piece("", 1)]:
            if piece.gap == 0:
                run.append(piece.text)
                continue
            inline = _AROUND.sub("\n", "".join(run)).strip()
            run = []
            for text, gap in ((inline, 1), (piece.text, piece.gap)):
                if text:
                    parts += ["\n" * max(last, gap)] if parts else []
                    parts.append(text)
                    last = gap
                elif parts:
                    last = max(last, gap)
        return "".join(parts)


def html_as_markdown(html: str, special: Special | None = None) -> str:
    return _Writer(special).write(html[:MAX_HTML])


class _Writer:
    def __init__(self, special: Special | None) -> None:
        self._special = special
        self._open = [_Element("", {})]
        self._code = 0  # elements around whose text stays as it is
        self._dropped = 0
        self._too_deep: list[str] = []

    def write(self, html: str) -> str:
        for token in tokens(html):
            match token:
                case Says(text):
                    self._say(text)
                case Opens(tag, attributes):
                    self._opens(tag, attributes)
                case Closes(tag):
                    self._closes(tag)
        while len(self._open) > 1:
            self._end()
        return self._open[0].markdown()

    def _say(self, text: str) -> None:
        if self._dropped:
            return
        here = self._open[-1]
        text = (text if self._code else _SPACE.sub(" ", text)).replace("\u00a0", " ")
        here.text.append(text)
        if not self._code:
            here.pieces.append(_Piece(literal(text)))

    def _opens(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _EMPTY:
            self._empty(tag, attributes)
            return
        if len(self._open) > MAX_DEPTH:
            if len(self._too_deep) < MAX_HTML:
                self._too_deep.append(tag)
            return
        if tag == "li" and self._open[-1].tag == "li":  # an end that is left out
            self._end()
        self._open.append(_Element(tag, attributes, number=_start(attributes)))
        self._code += tag in _CODE
        self._dropped += tag in _DROPPED

    def _closes(self, tag: str) -> None:
        if self._too_deep:
            if self._too_deep[-1] == tag:
                self._too_deep.pop()
            return
        if any(each.tag == tag for each in self._open[1:]):
            while self._end() != tag:
                pass

    def _empty(self, tag: str, attributes: dict[str, str]) -> None:
        here = self._open[-1]
        if self._dropped:
            return
        told = self._special(tag, attributes, "") if self._special else None
        if told is not None:
            here.pieces.append(_Piece(told))
        elif tag == "br":
            here.text.append("\n")
            here.pieces.append(_Piece("\n"))
        elif tag == "hr":
            here.pieces.append(_Piece("", 2))
        elif tag == "img":
            here.text.append(attributes.get("alt", ""))
            here.pieces.append(_Piece(literal(attributes.get("alt", ""))))

    def _end(self) -> str:
        """Ends what was opened last, and gives its tag."""
        ended = self._open.pop()
        here = self._open[-1]
        tag = ended.tag
        self._code -= tag in _CODE
        self._dropped -= tag in _DROPPED
        if tag in _DROPPED or self._dropped:
            return tag
        text = "".join(ended.text)
        here.text.append(text)
        if self._code:
            if tag == "code" and "class" in ended.attributes:
                here.attributes.setdefault("class", ended.attributes["class"])
            return tag
        told = self._special(tag, ended.attributes, text) if self._special else None
        if told is not None:
            here.pieces.append(_Piece(told))
            return tag
        here.pieces += self._rendered(ended, text, here)
        return tag

    def _rendered(self, ended: _Element, text: str, around: _Element) -> list[_Piece]:
        tag = ended.tag
        if tag in _BLOCKS:
            return [_Piece(fenced(text.strip("\n"), _language(tag, ended.attributes)), 2)]
        if tag in _CODE:
            return [_Piece(code(text))]
        if tag == "a":
            return [_Piece(link(text, ended.attributes.get("href", "")))]
        if tag in _MARKS or "data-mx-spoiler" in ended.attributes:
            return self._marked(ended, _MARKS.get(tag, "||"))
        if tag not in _APART and tag not in _LINES:
            return [*ended.pieces, _Piece(" ")] if tag in ("td", "th") else ended.pieces
        inside = ended.markdown()
        if tag == "blockquote":
            inside = quoted(inside) if inside else ""
        elif tag in _HEADINGS:
            inside = f"{'#' * int(tag[1])} {' '.join(inside.split())}" if inside else ""
        elif tag == "li":
            inside = _item(inside, around)
        return [_Piece(inside, 2 if tag in _APART else 1)]

    def _marked(self, ended: _Element, mark: Mark) -> list[_Piece]:
        """Marks are put around text only, not around blocks."""
        if any(piece.gap for piece in ended.pieces):
            return ended.pieces
        return [_Piece(span(mark, "".join(piece.text for piece in ended.pieces)))]


def _start(attributes: dict[str, str]) -> int:
    """The number with which a list begins."""
    told = attributes.get("start", "")
    return int(told) if _NUMBER.fullmatch(told) else 1


def _item(inside: str, around: _Element) -> str:
    sign = f"{around.number}." if around.tag == "ol" else "-"
    around.number += 1
    lines = [line for line in inside.split("\n") if line.strip()]  # an empty one would end the list
    return f"{sign} " + ("\n" + " " * (len(sign) + 1)).join(lines) if lines else ""


def _language(tag: str, attributes: dict[str, str]) -> str:
    named = attributes.get("class", "").lower().split()
    told = [each.removeprefix("language-") for each in named if each.startswith("language-")]
    if tag == "codeblock":  # of Teams: the class is the language
        told += named
    return told[0] if told else attributes.get("data-code-language", "").lower()

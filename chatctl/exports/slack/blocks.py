"""chatd's Markdown as the `rich_text` block that Slack makes of what people write. Its own markup has no sign
that takes another one away, so only here a text with stars, ticks or bars in it comes through as it is.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from chatctl.exports.markdown import is_words, parsed, safe_address
from chatctl.exports.slack.mrkdwn import escaped
from chatctl.exports.slack.names import user_id
from chatctl.imports.records import MENTION

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

Element = dict[str, Any]
Style = dict[str, bool]

_STYLES: Final = {"strong": "bold", "em": "italic", "s": "strike"}
_LISTS: Final = {"bullet_list": "bullet", "ordered_list": "ordered"}


def blocks(text: str, name_of: Callable[[str], str]) -> list[Element]:
    """None for a text without any markup, which says all by itself. `name_of`: what a person is called, by
    key."""
    if is_words(text):
        return []
    root = parsed(text)
    _name_people(root, name_of)
    return [{"type": "rich_text", "elements": list(_parts(root.children))}]


def _name_people(root: SyntaxTreeNode, name_of: Callable[[str], str]) -> None:
    """In code and in the words of a link a mention is no more than a name."""
    for node in root.walk():
        if node.type in ("fence", "code_inline", "link"):
            for token in (each.token for each in node.walk() if each.token is not None):
                token.content = MENTION.sub(lambda found: f"@{name_of(found[1])}", token.content)


def _parts(nodes: list[SyntaxTreeNode]) -> Iterator[Element]:
    """Paragraphs that follow each other are one part, with an empty line in it; between two lists or quotes
    one stands alone."""
    before = ""
    words: list[Element] = []
    for node in nodes:
        kind = "words" if node.type in ("paragraph", "heading") else node.type
        if kind == "words":
            words += [_text("\n\n")] if words else []
            words += _inlines(node.children, {"bold": True} if node.type == "heading" else {})
        else:
            if words:
                yield _section(words)
                words = []
            elif kind == before:
                yield _section([_text("\n")])
            yield from _block(node)
        before = kind
    if words:
        yield _section(words)


def _block(node: SyntaxTreeNode) -> Iterator[Element]:
    match node.type:
        case "fence":
            code = [_text(node.content.removesuffix("\n"))]
            language = {"language": node.info.strip()} if node.info.strip() else {}
            yield {"type": "rich_text_preformatted", "border": 0, **language, "elements": code}
        case "blockquote":
            yield {"type": "rich_text_quote", "elements": list(_lines(node.children))}
        case "bullet_list" | "ordered_list":
            yield from _list(node, 0)


def _list(node: SyntaxTreeNode, indent: int) -> Iterator[Element]:
    """Slack has no lists in each other: one that stands in an item is a list with a larger indent, behind
    which the one around it goes on."""
    number = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else 1
    items: list[Element] = []
    for item in node.children:
        own = [child for child in item.children if child.type not in _LISTS]
        items.append(_section(list(_lines(own))))
        deeper = [child for child in item.children if child.type in _LISTS]
        number += 1
        if deeper:
            yield _items(node, indent, number - len(items), items)
            items = []
            for child in deeper:
                yield from _list(child, indent + 1)
    if items:
        yield _items(node, indent, number - len(items), items)


def _items(node: SyntaxTreeNode, indent: int, first: int, items: list[Element]) -> Element:
    offset = {"offset": first - 1} if node.type == "ordered_list" and first != 1 else {}
    return {
        "type": "rich_text_list",
        "style": _LISTS[node.type],
        "indent": indent,
        "border": 0,
        **offset,
        "elements": items,
    }


def _lines(nodes: list[SyntaxTreeNode]) -> Iterator[Element]:
    """What stands in a quote or an item, where Slack has words only: signs tell the rest."""
    for number, node in enumerate(nodes):
        if number:
            yield _text("\n\n" if node.type == "paragraph" == nodes[number - 1].type else "\n")
        match node.type:
            case "fence":
                yield _text(node.content.removesuffix("\n"), {"code": True})
            case "blockquote":
                yield _text("> ")
                yield from _lines(node.children)
            case "bullet_list" | "ordered_list":
                first = int(node.attrs.get("start", 1))
                for at, item in enumerate(node.children):
                    mark = "•" if node.type == "bullet_list" else f"{first + at}."
                    yield _text(f"\n{mark} " if at else f"{mark} ")
                    yield from _lines(item.children)
            case _:
                yield from _inlines(node.children, {"bold": True} if node.type == "heading" else {})


def _inlines(nodes: list[SyntaxTreeNode], style: Style) -> Iterator[Element]:
    for node in nodes:
        match node.type:
            case "text":
                yield from _words(node.content, style)
            case "softbreak" | "hardbreak":
                yield _text("\n")
            case "code_inline":
                yield _text(node.content, {**style, "code": True})
            case "link":
                yield from _link(node, style)
            case "spoiler":
                yield from (_text("||", style), *_inlines(node.children, style), _text("||", style))
            case kind if kind in _STYLES:
                yield from _inlines(node.children, {**style, _STYLES[kind]: True})
            case _:
                yield from _inlines(node.children, style) if node.children else _words(node.content, style)


def _link(node: SyntaxTreeNode, style: Style) -> Iterator[Element]:
    address = str(node.attrs.get("href", ""))
    if safe_address(address) is None:
        yield from _inlines(node.children, style)
        yield _text(f" ({address})", style)
        return
    label = "".join(each.content for each in node.walk() if each.type in ("text", "code_inline"))
    words = {} if label == address else {"text": escaped(label)}
    yield _styled({"type": "link", "url": escaped(address), **words}, style)


def _words(text: str, style: Style) -> Iterator[Element]:
    """Also `@here`, for which Slack has an element that not every reader knows."""
    for number, part in enumerate(MENTION.split(text)):
        if number % 2:
            yield _styled({"type": "user", "user_id": user_id(part)}, style)
        elif part:
            yield _text(part, style)


def _section(elements: list[Element]) -> Element:
    return {"type": "rich_text_section", "elements": elements}


def _text(text: str, style: Style | None = None) -> Element:
    return _styled({"type": "text", "text": escaped(text)}, style or {})


def _styled(element: Element, style: Style) -> Element:
    return {**element, "style": style} if style else element

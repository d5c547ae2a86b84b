"""A message's text as HTML. Every piece of it is escaped, and only safe addresses are links."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from attrs import frozen
from markupsafe import Markup, escape

from chatctl.exports.markdown import is_words, parsed, safe_address
from chatctl.imports.records import MENTION

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

_EMOJI: Final = re.compile(r":([a-z0-9_+-]{2,32}):")
_FRAMES: Final = {
    "strong": Markup("<strong>%s</strong>"),
    "em": Markup("<em>%s</em>"),
    "s": Markup("<s>%s</s>"),
    "spoiler": Markup('<span class="spoiler" tabindex="0">%s</span>'),
    "blockquote": Markup("<blockquote>%s</blockquote>\n"),
    "bullet_list": Markup('<ul dir="auto">%s</ul>\n'),
    "list_item": Markup("<li>%s</li>\n"),
    "paragraph": Markup("<p>%s</p>\n"),
}
_BREAK: Final = Markup("<br>\n")


@frozen
class Texts:
    """`name_of`: what a person is called, by key; `emoji`: links to the pictures of custom ones, by name."""

    name_of: Callable[[str], str]
    emoji: Mapping[str, str]

    def html(self, text: str) -> Markup:
        if is_words(text):
            return _FRAMES["paragraph"] % text
        return self._all(parsed(text).children)

    def reaction(self, emoji: str) -> Markup:
        return self._with_emoji(emoji)

    def _all(self, nodes: list[SyntaxTreeNode]) -> Markup:
        return Markup().join(self._node(node) for node in nodes)

    def _node(self, node: SyntaxTreeNode) -> Markup:
        match node.type:
            case "text":
                return self._mentions(node.content)
            case "softbreak" | "hardbreak":
                return _BREAK
            case "code_inline":
                return Markup("<code>%s</code>") % self._names(node.content)
            case "fence":
                return Markup("<pre><code>%s</code></pre>\n") % self._names(node.content)
            case "heading":
                return Markup('<p class="heading">%s</p>\n') % self._all(node.children)
            case "ordered_list":
                first = int(node.attrs.get("start", 1))
                return Markup('<ol dir="auto" start="%s">%s</ol>\n') % (first, self._all(node.children))
            case "link":
                return self._link(str(node.attrs.get("href", "")), self._all(node.children))
        if node.type in _FRAMES:
            return _FRAMES[node.type] % self._all(node.children)
        return self._all(node.children) if node.children else escape(node.content)

    def _link(self, address: str, words: Markup) -> Markup:
        safe = safe_address(address)
        if safe is None:
            return Markup("%s (%s)") % (words, address)
        return Markup('<a href="%s" rel="noopener noreferrer nofollow">%s</a>') % (safe, words)

    def _mentions(self, text: str) -> Markup:
        parts = MENTION.split(text)  # texts and keys by turns
        return Markup().join(
            Markup('<span class="mention">@%s</span>') % self.name_of(part)
            if number % 2
            else self._with_emoji(part)
            for number, part in enumerate(parts)
        )

    def _with_emoji(self, text: str) -> Markup:
        parts = _EMOJI.split(text) if ":" in text else [text]
        return Markup().join(
            self._emoji(part) if number % 2 else escape(part) for number, part in enumerate(parts)
        )

    def _emoji(self, name: str) -> Markup:
        picture = self.emoji.get(name)
        if picture is None:
            return Markup(":%s:") % name
        return Markup('<img class="emoji" src="%s" alt=":%s:" title=":%s:">') % (picture, name, name)

    def _names(self, text: str) -> str:
        """In code a mention is no more than a name."""
        return MENTION.sub(lambda found: f"@{self.name_of(found[1])}", text)

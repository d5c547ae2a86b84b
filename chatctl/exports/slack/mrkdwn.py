"""chatd's Markdown as Slack's own markup (mrkdwn): `*bold*`, `<https://…|label>`, `<@U1>`, `&lt;`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from chatctl.exports.markdown import is_words, parsed, safe_address
from chatctl.exports.slack.names import user_id
from chatctl.imports.records import MENTION

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

_SPANS: Final = {"strong": "*", "em": "_", "s": "~", "spoiler": "||"}  # Slack has nothing to hide a text
_MANY: Final = re.compile(r"(?<![\w@])@(here|room)\b")
_FOR_MANY: Final = {"here": "<!here>", "room": "<!channel>"}


def mrkdwn(text: str) -> str:
    """Mentions of people (see `records.mention`) become those of Slack."""
    if is_words(text):
        return escaped(text)
    return MENTION.sub(lambda found: f"<@{user_id(found[1])}>", _blocks(parsed(text).children))


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _blocks(nodes: list[SyntaxTreeNode], tight: bool = False) -> str:
    return ("\n" if tight else "\n\n").join(_block(node) for node in nodes)


def _block(node: SyntaxTreeNode) -> str:
    match node.type:
        case "fence":
            return "```\n" + escaped(node.content) + "```"
        case "heading":
            return f"*{_inlines(node.children)}*"
        case "blockquote":
            return "\n".join(f"&gt; {line}" for line in _blocks(node.children).split("\n"))
        case "bullet_list":
            return "\n".join(_item("• ", item) for item in node.children)
        case "ordered_list":
            first = int(node.attrs.get("start", 1))
            return "\n".join(_item(f"{number}. ", item) for number, item in enumerate(node.children, first))
    return _inlines(node.children)


def _item(sign: str, node: SyntaxTreeNode) -> str:
    return sign + _blocks(node.children, tight=True).replace("\n", "\n    ")


def _inlines(nodes: list[SyntaxTreeNode]) -> str:
    return "".join(_inline(node) for node in nodes)


def _inline(node: SyntaxTreeNode) -> str:
    match node.type:
        case "text":
            return _MANY.sub(lambda found: _FOR_MANY[found[1]], escaped(node.content))
        case "softbreak" | "hardbreak":
            return "\n"
        case "code_inline":
            return f"`{escaped(node.content)}`"
        case "strong" | "em" | "s" | "spoiler":
            sign = _SPANS[node.type]
            return f"{sign}{_inlines(node.children)}{sign}"
        case "link":
            return _link(str(node.attrs.get("href", "")), _inlines(node.children))
    return _inlines(node.children) if node.children else escaped(node.content)


def _link(address: str, label: str) -> str:
    safe = safe_address(address)
    if safe is None or re.search(r"[<>|]", safe):
        return f"{label} ({escaped(address)})"
    words = label.replace("|", "¦").replace("\n", " ")
    return f"<{escaped(safe)}>" if words == escaped(safe) else f"<{escaped(safe)}|{words}>"

"""Texts that go out in Slack's shape and come back in read as they did."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from chatctl.exports.markdown import parsed
from chatctl.exports.slack.messages import row_of
from chatctl.imports.markdown import code, fenced, link, literal, quoted, span
from chatctl.imports.records import MENTION, Message, mention
from chatctl.imports.slack.blocks import Blocks
from chatctl.imports.slack.mrkdwn import markdown

SIGNS = "ab *_~`|<>&[]()#\\@:!.-+1é✓"
STYLES = {"strong": "bold", "em": "italic", "s": "strike"}


def there_and_back(text: str) -> str:
    message = Message("1", "A1", 1, text)
    row = row_of(message, 10**15, "C1", "https://chat.example", {"A1": "ann"}.__getitem__)
    row = json.loads(json.dumps(row))
    back = Blocks({}).rendered(row["blocks"]) if "blocks" in row else markdown(row["text"], {})
    assert back is not None
    return MENTION.sub(lambda found: mention(found[1][1:]), back)


def drawn(text: str) -> list[Any]:
    """What one sees of it, whatever it is written like."""
    return _blocks(parsed(text).children)


def _blocks(nodes: list[Any]) -> list[Any]:
    found: list[Any] = []
    for node in nodes:
        match node.type:
            case "fence":
                found.append(("code", node.info.strip(), node.content.strip("\n")))
            case "blockquote":
                found.append(("quote", _blocks(node.children)))
            case "bullet_list" | "ordered_list":
                start = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else 0
                found.append(("list", start, [_blocks(item.children) for item in node.children]))
            case _:
                style = frozenset({"bold"} if node.type == "heading" else ())
                found.append(("words", _joined(_runs(node.children, style))))
    return [block for block in found if block[-1]]


def _runs(nodes: list[Any], style: frozenset[str]) -> Iterator[tuple[Any, ...]]:
    for node in nodes:
        match node.type:
            case "softbreak" | "hardbreak":
                yield "\n", frozenset()
            case "code_inline":
                yield node.content, style | {"code"}
            case "link":
                label = "".join(each.content for each in node.walk() if not each.children)
                yield f"{label} <{unquote(node.attrs['href'])}>", style | {"link"}
            case "spoiler":  # which Slack does not have: its bars tell it
                yield from [("||", style), *_runs(node.children, style), ("||", style)]
            case kind if kind in STYLES:
                yield from _runs(node.children, style | {STYLES[kind]})
            case _ if node.children:
                yield from _runs(node.children, style)
            case _:
                yield node.content, style


def _joined(runs: Iterator[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Signs one by one: spaces have no style that one sees."""
    return [
        (sign, frozenset() if sign.isspace() and "code" not in style else style)
        for text, style in runs
        for sign in text
    ]


WORDS = st.text(SIGNS, min_size=1, max_size=12).map(literal)
LABELS = st.text("ab &<>|*_`", min_size=1, max_size=8)
ADDRESSES = st.sampled_from(("https://a.example/x?b=c&d=e", "https://a.example/_x_(y)", "mailto:a@b.example"))
SPANS = st.builds(span, st.sampled_from(("**", "*", "~~")), st.text("ab<&>é", min_size=1, max_size=6))
INLINE = st.one_of(
    WORDS,
    SPANS,
    st.builds(lambda mark, inside: span(mark, f"a {inside} b"), st.sampled_from(("**", "~~")), SPANS),
    st.text("ab *_~|<>&\\`", min_size=1, max_size=8).map(code),
    st.builds(link, LABELS, ADDRESSES),
    ADDRESSES,
    st.just(mention("A2")),
    st.sampled_from((":leaf:", "☕", "@here", "#tea")),
)
LINE = st.lists(INLINE, min_size=1, max_size=5).map(" ".join)
PARAGRAPH = st.lists(LINE, min_size=1, max_size=3).map("\n".join)
BLOCK = st.one_of(
    PARAGRAPH,
    st.text("ab *_~|<>&\\`\n#-", min_size=1, max_size=20).map(lambda text: fenced(text.strip("\n") or "x")),
    PARAGRAPH.map(quoted),
    st.lists(LINE, min_size=1, max_size=3).map(lambda items: "\n".join(f"- {item}" for item in items)),
    st.lists(LINE, min_size=1, max_size=3).map(
        lambda items: "\n".join(f"{number}. {item}" for number, item in enumerate(items, 3))
    ),
    st.tuples(LINE, LINE, LINE).map(lambda three: "- {}\n  - {}\n- {}".format(*three)),
)
TEXT = st.lists(BLOCK, min_size=1, max_size=4).map("\n\n".join)


@settings(max_examples=300, derandomize=True)
@given(text=TEXT)
@example(text="**a *b* c** ~~**d**~~")
@example(text="**a**_b_")
@example(text="- a\n\n- b\n\n> c\n\n> d\n\ne")
@example(text="\\*no bold\\* \\`no code\\` \\|\\|")
@example(text="**a** ||hidden *b* `c`||")
@example(text="[a|b](https://a.example/c|d)")
def test_a_text_reads_the_same_when_it_comes_back(text: str) -> None:
    assume(not lossy(parsed(text).children))
    assert drawn(there_and_back(text)) == drawn(text)


@settings(max_examples=300, derandomize=True)
@given(text=st.text(SIGNS + "\n", min_size=1, max_size=40))
def test_a_text_of_random_signs_reads_the_same_when_it_comes_back(text: str) -> None:
    assume(not lossy(parsed(text).children))
    assert drawn(there_and_back(text)) == drawn(text)


def lossy(nodes: list[Any]) -> bool:
    """Whether something stands in a quote or item for which Slack has no place, or code is only spaces."""
    for node in nodes:
        inside = {"blockquote": ("paragraph",), "list_item": ("paragraph", "bullet_list", "ordered_list")}
        kinds = [child.type for child in node.children]
        if node.type in inside and not (set(kinds) <= set(inside[node.type]) and kinds[:1] == ["paragraph"]):
            return True
        if node.type == "list_item" and kinds.count("paragraph") > 1:
            return True
        if node.type == "code_inline" and not node.content.strip():
            return True
        if lossy(node.children):
            return True
    return False


def test_in_code_and_in_a_link_a_mention_is_a_name() -> None:
    ann = mention("A1")
    text = f"{ann} `a {ann}` [{ann}](https://a.example)\n```\n{ann}\n```"
    assert there_and_back(text) == text.replace(ann, "@ann").replace("@ann", ann, 1)

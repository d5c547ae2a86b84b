"""Exports take texts apart as the browser client draws them: line by line."""

from __future__ import annotations

from typing import Any

import pytest

from chatctl.exports.markdown import parsed


def shape(node: Any) -> Any:
    if node.type in ("paragraph", "heading"):
        return "\n".join(line.content for line in node.children)
    if node.type == "fence":
        return {"code": node.content}
    return {node.type: [shape(child) for child in node.children]}


def listed(*items: Any, kind: str = "bullet_list") -> Any:
    return {kind: [{"list_item": item if isinstance(item, list) else [item]} for item in items]}


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("- a\n- b\nafter", [listed("a", "b"), "after"]),
        ("> quoted\nafter", [{"blockquote": ["quoted"]}, "after"]),
        ("before\n3. a\n4. b", ["before", listed("a", "b", kind="ordered_list")]),
        ("- a\n\n- b", [listed("a"), listed("b")]),
        ("• a\n• b", [listed("a", "b")]),
        ("- a\n  - b\n- c", [listed(["a", listed("b")], "c")]),
        ("- a\n  ```\n  b\n  ```", [listed(["a", {"code": "b\n"}])]),
        ("> > a\n> b\n> - c", [{"blockquote": [{"blockquote": ["a"]}, "b", listed("c")]}]),
        ("# a #\nb", ["a", "b"]),
        ("#\nb", ["#\nb"]),
        ("a\\\nb", ["a\\\nb"]),
        ("> " * 7 + "a", [{"blockquote": [{"blockquote": [{"blockquote": [{"blockquote": [
            {"blockquote": ["> > a"]}]}]}]}]}]),
    ],
)  # fmt: skip
def test_a_line_belongs_to_what_its_beginning_says(text: str, drawn: list[Any]) -> None:
    assert [shape(node) for node in parsed(text).children] == drawn

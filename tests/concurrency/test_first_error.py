"""Errors of nurseries become one error, whichever Python it is."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_nothing_new_is_raised_where_a_group_is_caught() -> None:
    """Before Python 3.11.4, as on Debian 12, it comes in a group of its own, and no `except` finds it."""
    found = []
    for place in ("chatd", "chatctl", "bench", "release", "tests"):
        for path in (ROOT / place).rglob("*.py"):
            if "except*" in (source := path.read_text()):
                found += [f"{path.relative_to(ROOT)}:{line}" for line in _raised_in_groups(ast.parse(source))]
    assert not found


def _raised_in_groups(module: ast.Module) -> list[int]:
    handlers = [each for node in ast.walk(module) if isinstance(node, ast.TryStar) for each in node.handlers]
    inside = [node for handler in handlers for node in ast.walk(handler)]
    return [node.lineno for node in inside if isinstance(node, ast.Raise) and node.exc is not None]

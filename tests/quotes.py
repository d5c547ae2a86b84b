"""What the program can say, read from its source: every text in it, and every event that it logs.

Pages that quote the program are compared with it. What varies is a hole: in the source an expression, in a
page a word in capitals.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
HOLE: Final = "…"
CAPITALS: Final = re.compile(r"(?:\b[A-Z][A-Z_]+\b|…)(?: ?(?:\b[A-Z][A-Z_]+\b|…))*")
LETTERS: Final = 6  # that a text with holes has at least, or anything would fit it
ALARMS: Final = frozenset({"warning", "error", "exception"})
LOGGERS: Final = frozenset({"log", "_log"})
SAYERS: Final = frozenset({"_say", "say"})  # functions that log the event which they are given


def pattern(text: str) -> str:
    """A quote, or a text of the program, with all that varies made the same."""
    return CAPITALS.sub(HOLE, " ".join(text.split())).strip()


@cache
def sayings() -> frozenset[str]:
    """Every text in the source of chatd and chatctl, as a pattern."""
    return frozenset(pattern(text) for tree in _trees() for text in _texts(tree))


def is_said(quote: str) -> bool:
    """Whether it is a text of the program, or one whose holes other texts fill."""
    wanted = pattern(quote)
    return wanted in sayings() or any(_filled(text, wanted) for text in sayings() if HOLE in text)


def _filled(text: str, wanted: str) -> bool:
    if len(re.findall(r"\w", text)) < LETTERS:
        return False
    found = re.fullmatch("(.+?)".join(map(re.escape, text.split(HOLE))), wanted)
    return found is not None and all(part == HOLE or part in sayings() for part in found.groups())


@cache
def alarms() -> frozenset[str]:
    """Every event that is logged as a warning or an error."""
    return frozenset(event for tree in _trees() for event in _alarms(tree))


@cache
def raised(error: str) -> frozenset[str]:
    """The message of every `raise error(...)`, as a pattern."""
    found = set()
    for tree in _trees():
        for node in ast.walk(tree):
            match node:
                case ast.Raise(exc=ast.Call(func=ast.Name(id=name), args=[message, *_])) if name == error:
                    found.add(pattern(_text(message) or HOLE))
    return frozenset(found)


@cache
def _trees() -> tuple[ast.Module, ...]:
    files = sorted(file for folder in ("chatd", "chatctl") for file in (ROOT / folder).rglob("*.py"))
    return tuple(ast.parse(file.read_text()) for file in files)


def _texts(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and (text := _text(node)) is not None:
            yield text


def _text(node: ast.AST) -> str | None:
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) or HOLE for part in parts)
    return None


def _alarms(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=logger), attr=level), args=[event, *_]) if (
                logger in LOGGERS and level in ALARMS and (text := _text(event)) is not None
            ):
                yield pattern(text)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[event, *_]) if (
                name in SAYERS and (text := _text(event)) is not None
            ):
                yield pattern(text)

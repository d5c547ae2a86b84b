"""What the program can say, read from its source: every text in it, and every event that it logs.

Pages that quote the program are compared with it. What varies is a hole: in the source an expression, in a
page a word in capitals.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

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


class Source(NamedTuple):
    """All that stands in it, as patterns: texts, events that are logged as warnings or errors, and by the
    name of an error what it says where it is raised."""

    texts: frozenset[str]
    alarms: frozenset[str]
    raised: dict[str, frozenset[str]]


def is_said(quote: str) -> bool:
    """Whether it is a text of the program, or one whose holes other texts fill."""
    wanted, texts = pattern(quote), source().texts
    if wanted in texts:
        return True
    found = (filling.fullmatch(wanted) for filling in _fillings())
    return any(one and all(part == HOLE or part in texts for part in one.groups()) for one in found)


@cache
def _fillings() -> tuple[re.Pattern[str], ...]:
    """What each text with holes may become."""
    texts = (text for text in source().texts if HOLE in text and len(re.findall(r"\w", text)) >= LETTERS)
    return tuple(re.compile("(.+?)".join(map(re.escape, text.split(HOLE)))) for text in texts)


@cache
def source() -> Source:
    """Of chatd and chatctl."""
    texts, alarms, raised = set(), set(), defaultdict(set)
    for node in _nodes():
        match node:
            case ast.Constant(value=str()) | ast.JoinedStr():
                texts.add(pattern(_text(node) or ""))
            case ast.Raise(exc=ast.Call(func=ast.Name(id=error), args=[message, *_])):
                raised[error].add(pattern(_text(message) or HOLE))
            case ast.Call(func=ast.Attribute(value=ast.Name(id=logger), attr=level), args=[event, *_]) if (
                logger in LOGGERS and level in ALARMS and (text := _text(event)) is not None
            ):
                alarms.add(pattern(text))
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[event, *_]) if (
                name in SAYERS and (text := _text(event)) is not None
            ):
                alarms.add(pattern(text))
    said = {error: frozenset(messages) for error, messages in raised.items()}
    return Source(frozenset(texts), frozenset(alarms), said)


def _nodes() -> Iterator[ast.AST]:
    for folder in ("chatd", "chatctl"):
        for file in (ROOT / folder).rglob("*.py"):
            yield from ast.walk(ast.parse(file.read_text()))


def _text(node: ast.AST) -> str | None:
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) or HOLE for part in parts)
    return None

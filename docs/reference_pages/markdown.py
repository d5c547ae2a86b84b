"""Markdown: tables, headings, paragraphs."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Final

MADE: Final = "<!-- Made by `python docs/reference.py`; edit the code that it reads instead. -->\n"


def page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}\n\n{MADE.strip()}", *(part.strip("\n") for part in parts if part)]) + "\n"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    columns = list(head)
    return "".join(_line(cells) for cells in (columns, ["---"] * len(columns), *rows))


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def bullets(sentences: Iterable[str]) -> str:
    return "".join(f"- {sentence}\n" for sentence in sentences)


def code(*words: object) -> str:
    """The words as code, with commas between them."""
    return ", ".join(f"`{word}`" for word in words)


def docstring(of: object) -> str:
    """Without its indentation. Empty where there is none of its own."""
    return inspect.cleandoc(getattr(of, "__doc__", None) or "")

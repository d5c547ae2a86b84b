"""Pages: cut to a number of rows, and to a size that every client takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from chatd.ports import Row

T = TypeVar("T")

PAGE_BYTES: Final = 512 * 1024  # of texts in one page: clients often refuse messages of 1 MiB


def cut(rows: Sequence[Row], limit: int, key: str) -> tuple[list[Row], Any]:
    """The first `limit` of rows of which one more was asked for, and where the following page begins: the
    `key` of the last of them, None when there are no more."""
    page = list(rows[:limit])
    return page, page[-1][key] if len(rows) > limit else None


def fitting(rows: Sequence[T], size: Callable[[T], int]) -> list[T]:
    """As many rows as go into one page, and at least one; `size` gives the bytes of a row's text."""
    total = 0
    for index, row in enumerate(rows):
        total += size(row)
        if index and total > PAGE_BYTES:
            return list(rows[:index])
    return list(rows)


def text_size(text: str | None) -> int:
    return len((text or "").encode())

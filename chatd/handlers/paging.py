"""Pages: cut to a number of rows, and to a size that every client takes."""

from __future__ import annotations

from bisect import bisect_right
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


def page_of(
    rows: Sequence[T],
    after: str | None,
    limit: int,
    key: Callable[[T], str],
    size: Callable[[T], int] | None = None,
) -> tuple[list[T], str | None]:
    """A page of rows that stand in the order of their keys: at most `limit` of those behind the key `after`,
    as many as fit by their `size`; and the key behind which the following page begins, None at the end. Rows
    that come and go between two pages move no others from page to page."""
    begin = 0 if after is None else bisect_right(rows, after, key=key)
    page = list(rows[begin : begin + limit])
    if size is not None:
        page = fitting(page, size)
    more = begin + len(page) < len(rows)
    return page, key(page[-1]) if more else None


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

"""What the typed requests are made of: somebody to ask, and the shapes that come back."""

from __future__ import annotations

from typing import Any, Protocol

Row = dict[str, Any]  # an object as the protocol describes it

PAGE = 500  # the largest page that a server gives


class Asker(Protocol):
    """A `Client`, as far as a request needs it."""

    async def request(self, name: str, /, **data: Any) -> Row: ...


async def all_pages(asker: Asker, query: str, field: str, /, **data: Any) -> list[Row]:
    """Everything that a query gives in pages of `field` with a `next`."""
    found: list[Row] = []
    after: Any = None
    while True:
        page = await asker.request(query, **data, after=after, limit=PAGE)
        found += page[field]
        after = page.get("next")
        if after is None:
            return found


def row(value: Any) -> Row:
    assert isinstance(value, dict)
    return value


def rows(value: Any) -> list[Row]:
    assert isinstance(value, list)
    return value

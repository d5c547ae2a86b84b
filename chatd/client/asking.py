"""What the methods of requests are made of: somebody to ask, and lists that come in pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from msgspec.structs import replace

from chatd.contract.fields import MAX_PAGE

T = TypeVar("T")


class Asker(Protocol):
    """A `Client`, as far as a request needs it."""

    async def ask(self, request: object, result: type[T], /) -> T: ...


class Page(Protocol):
    """`next` is the `after` of the following page, None at the end."""

    @property
    def next(self) -> str | None: ...


P = TypeVar("P", bound=Page)


async def all_pages(asker: Asker, request: Any, page: type[P], rows: Callable[[P], list[T]], /) -> list[T]:
    """All `rows` of a query from its `after` on, page by page; `request` has the fields `after`, `limit`."""
    found: list[T] = []
    after: str | None = request.after
    while True:
        answer = await asker.ask(replace(request, after=after, limit=MAX_PAGE), page)
        found += rows(answer)
        if (after := answer.next) is None:
            return found

"""The handler of `message.search`: what it asks before it searches, and what it makes of the answer."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import trio

from chatd.contract.errors import Refusal
from chatd.contract.message import SearchMessages
from chatd.handlers import search as searching
from chatd.ports import Caller, SearchPage, StoreUnavailable
from chatd.views.search import NO_FILTER, SearchView

ABSENT = Refusal("not_found", "it is not there")
CALLER = Caller("here", "ann", "ann")


class Store:
    """A desk whose view answers with `page`, or raises it."""

    def __init__(self, page: SearchPage | Exception) -> None:
        self.page = page
        self.asked: list[int] = []
        views = SimpleNamespace(search=SearchView(), ask=self._ask)
        self.desk: Any = SimpleNamespace(views=views, bus=SimpleNamespace(head=42))

    async def _ask(self, view: Any, question: Callable[..., Any], position: int) -> SearchPage:
        self.asked.append(position)
        if isinstance(self.page, Exception):
            raise self.page
        return self.page


@pytest.fixture(autouse=True)
def visible(monkeypatch: pytest.MonkeyPatch) -> None:
    """One room and one space that the caller may see."""

    async def look(desk: Any, caller: Caller, name: str) -> Any:
        return object() if name in ("hall", "home") else ABSENT

    monkeypatch.setattr(searching, "visible_room", look)
    monkeypatch.setattr(searching, "visible_space", look)


async def test_a_search_waits_for_all_that_was_published_before_it() -> None:
    store = Store(SearchPage([{"seq": 1}], "1f"))
    query = SearchMessages("word", room="hall", space="home")
    assert await searching.search(store.desk, CALLER, query) == {"hits": [{"seq": 1}], "next": "1f"}
    assert store.asked == [42]


@pytest.mark.parametrize("where", [{"room": "yard"}, {"space": "work"}])
async def test_what_the_caller_may_not_see_is_not_there(where: dict[str, str]) -> None:
    store = Store(SearchPage([], None))
    assert await searching.search(store.desk, CALLER, SearchMessages("word", **where)) == ABSENT
    assert store.asked == []


async def test_a_search_for_nothing_is_refused_before_anything_is_asked() -> None:
    store = Store(SearchPage([], None))
    assert await searching.search(store.desk, CALLER, SearchMessages(room=None)) == NO_FILTER
    assert store.asked == []


async def test_a_search_that_takes_too_long_is_refused() -> None:
    error = StoreUnavailable("no answer")
    error.__cause__ = trio.TooSlowError()
    store = Store(error)
    assert await searching.search(store.desk, CALLER, SearchMessages("word")) == searching.TOO_SLOW


async def test_a_view_that_cannot_be_read_is_no_slow_search() -> None:
    with pytest.raises(StoreUnavailable):
        await searching.search(Store(StoreUnavailable("gone")).desk, CALLER, SearchMessages("word"))

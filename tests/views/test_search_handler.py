"""The handler of `message.search`: what it asks before it searches, and what it makes of the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest
import trio

from chatd.contract.errors import Refusal
from chatd.contract.message import SearchHit, SearchMessages
from chatd.contract.message import SearchPage as SearchResult
from chatd.handlers.search import TOO_SLOW, Searches
from chatd.ports import Caller, FilesOfMessage, SearchPage, StoreUnavailable
from chatd.views.search import NO_FILTER, SearchView

ABSENT = Refusal("not_found", "it is not there")
CALLER = Caller("here", "ann", "ann")


class Visible:
    """One room and one space that the caller may see."""

    async def room(self, caller: Caller, name: str) -> object:
        return object() if name == "hall" else ABSENT

    async def space(self, caller: Caller, name: str) -> object:
        return object() if name == "home" else ABSENT


class Views:
    """Views of which the search answers with `page`, or raises it."""

    search = SearchView()

    def __init__(self, page: SearchPage | Exception) -> None:
        self.page = page
        self.asked: list[int] = []

    async def ask(self, view: Any, question: Callable[..., Any], position: int) -> SearchPage:
        self.asked.append(position)
        if isinstance(self.page, Exception):
            raise self.page
        return self.page


class Reading:
    """A reader that knows of one message with a file."""

    async def files_of_messages(self, messages: Sequence[tuple[str, int]]) -> object:
        return {("hall", 1): FilesOfMessage(["f"], [])} if ("hall", 1) in messages else {}


async def search(views: Views, query: SearchMessages) -> object:
    bus: Any = SimpleNamespace(head=42)
    return await Searches(cast(Any, Reading()), cast(Any, views), bus, cast(Any, Visible())).search(
        CALLER, query
    )


async def test_a_search_waits_for_all_that_was_published_before_it() -> None:
    hit = {"room": "hall", "seq": 1, "position": 7, "at": 1, "by": "ann", "snippet": "word", "highlights": []}
    views = Views(SearchPage([hit], "1f"))
    query = SearchMessages("word", room="hall", space="home")
    assert await search(views, query) == SearchResult(
        hits=[SearchHit(**hit, attachments=["f"], files=[])], next="1f"
    )
    assert views.asked == [42]


@pytest.mark.parametrize("where", [{"room": "yard"}, {"space": "work"}])
async def test_what_the_caller_may_not_see_is_not_there(where: dict[str, str]) -> None:
    views = Views(SearchPage([], None))
    assert await search(views, SearchMessages("word", **where)) == ABSENT
    assert views.asked == []


async def test_a_search_for_nothing_is_refused_before_anything_is_asked() -> None:
    views = Views(SearchPage([], None))
    assert await search(views, SearchMessages(room=None)) == NO_FILTER
    assert views.asked == []


async def test_a_search_that_takes_too_long_is_refused() -> None:
    error = StoreUnavailable("no answer")
    error.__cause__ = trio.TooSlowError()
    views = Views(error)
    assert await search(views, SearchMessages("word")) == TOO_SLOW


async def test_a_view_that_cannot_be_read_is_no_slow_search() -> None:
    with pytest.raises(StoreUnavailable):
        await search(Views(StoreUnavailable("gone")), SearchMessages("word"))

"""The view `search`: finds messages by their words. See `search_tables` for what it keeps,
`query_parser` for what can be asked, `search_page` for how it is found."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable
from functools import partial
from typing import Final
from unicodedata import unidata_version

from chatd.contract.errors import Refusal
from chatd.contract.message import SearchMessages
from chatd.ports import Question, SearchPage
from chatd.views import search_index, search_page, search_tables
from chatd.views.allowance import Allowance
from chatd.views.newer_characters import NEWEST
from chatd.views.query_parser import Wanted, parse_query

UNICODE: Final = tuple(map(int, unidata_version.split(".")[:2]))
ERASING: Final = 0.05  # of all time may go into filling parts again for the sake of deleted messages; at once
ERASING_AT_ONCE: Final = 2.0  # seconds

NO_FILTER: Final = Refusal(
    "invalid", "message.search takes a text, or one of space, room, by, before, after, has_link, has_file"
)
BAD_CURSOR: Final = Refusal("invalid", "cursor: take it from `next` of the page before")

_CURSOR: Final = re.compile(r"[1-9a-f][0-9a-f]{0,14}")


class SearchView:
    """The `Search` of `chatd.ports`."""

    name = "search"
    # A Python with a Unicode beyond what `fold` knows gives other words.
    version = 5 if UNICODE <= NEWEST else int(f"5{UNICODE[0]:02}{UNICODE[1]}")
    schema = search_tables.SCHEMA
    tables = search_tables.TABLES

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.unfinished = True  # who knows what the process before has put off
        self._allowance = Allowance(ERASING, ERASING_AT_ONCE, clock)

    def follow(self, connection: sqlite3.Connection, after: int, upto: int) -> bool:
        erased, self.unfinished = search_index.follow(connection, after, upto, self._allowance)
        return erased

    def find(
        self, account: str | None, operator: bool, query: SearchMessages
    ) -> Question[SearchPage] | Refusal:
        asked = Wanted() if query.text is None else parse_query(query.text)
        if isinstance(asked, Refusal):
            return asked
        filters = (
            query.space,
            query.room,
            query.by,
            query.before,
            query.after,
            query.has_link,
            query.has_file,
        )
        if query.text is None and all(filter is None for filter in filters):
            return NO_FILTER
        below = search_page.NEWEST
        if query.cursor is not None:
            if not _CURSOR.fullmatch(query.cursor):
                return BAD_CURSOR
            below = int(query.cursor, 16)
        return partial(
            search_page.page, account=account, operator=operator, query=query, wanted=asked, below=below
        )

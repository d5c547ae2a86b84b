"""Views read the log through what it publishes for them, not through its tables."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from search_village import Seeker
from views_village import Village

from chatd.contract.message import SearchMessages
from chatd.ports import PUBLISHED, Question, View
from chatd.views import search_index, search_page
from chatd.views.notifications import PAGE_OF_ALL, PAGE_OF_UNREAD, NotificationsView
from chatd.views.search import SearchView


@contextmanager
def only_published(connection: sqlite3.Connection) -> Iterator[set[str]]:
    """Inside, SQL may read no more of the log than what is published; gives what of that was read."""
    read: set[str] = set()
    own, logs = (
        {name for (name,) in connection.execute(f"SELECT name FROM {file}.sqlite_master")}
        for file in ("main", "log")
    )

    def authorize(
        action: int, table: str | None, column: str | None, database: str | None, within: str | None
    ) -> int:
        # SQLite names no file where it counts rows and reads no column
        of_log = database == "log" or (database is None and table in logs - own)
        if action != sqlite3.SQLITE_READ or not of_log:
            return sqlite3.SQLITE_OK
        if within in PUBLISHED:  # the definition of a published view reads its tables
            return sqlite3.SQLITE_OK
        if table in PUBLISHED:
            read.add(table)
            return sqlite3.SQLITE_OK
        return sqlite3.SQLITE_DENY

    connection.set_authorizer(authorize)
    try:
        yield read
    finally:
        connection.set_authorizer(None)


class Watched:
    """A view that is kept to what is published."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.read: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._view, name)

    def follow(self, connection: sqlite3.Connection, after: int, upto: int) -> bool:
        with only_published(connection) as read:
            erased = self._view.follow(connection, after, upto)
        self.read |= read
        return erased


def ask(village: Village, question: Question[Any]) -> set[str]:
    """What the question reads of the log."""
    with only_published(village.reader) as read:
        question(village.reader)
    return read


def test_the_log_has_the_published_views_with_these_columns(village: Village) -> None:
    views = village.reader.execute("SELECT name FROM log.sqlite_master WHERE name GLOB 'log_*'")
    assert {name for (name,) in views} == PUBLISHED.keys()
    for name, columns in PUBLISHED.items():
        found = village.reader.execute(f"SELECT * FROM {name}").description
        assert tuple(column for column, *_ in found) == columns


def test_a_table_of_the_log_cannot_be_read_by_a_view_that_is_watched(village: Village) -> None:
    for sql in ("SELECT position FROM log.events", "SELECT text FROM bodies", "SELECT count(*) FROM rooms"):
        with (
            only_published(village.reader),
            pytest.raises(sqlite3.DatabaseError, match=r"prohibited|authorized"),
        ):
            village.reader.execute(sql)


def test_search_follows_what_is_published(village: Village) -> None:
    view = Watched(SearchView())
    seeker = Seeker(village)
    seq = seeker.post("words, first")
    village.catch_up(view)
    seeker.edit(seq, "words, ½ second")
    village.catch_up(view)
    seeker.delete(seq)
    village.catch_up(view)
    assert view.read == {"log_events", "log_messages", "log_texts"}


@pytest.mark.parametrize("text", ["hello", None])
@pytest.mark.parametrize("operator", [False, True])
def test_search_finds_in_what_is_published(village: Village, text: str | None, operator: bool) -> None:
    view = SearchView()
    village.catch_up(view)
    question = view.find("ann", operator, SearchMessages(text, by="ann", room="hall", after=1))
    assert callable(question)
    assert ask(village, question) == {"log_members", "log_public_rooms", "log_rooms", "log_texts"}


def test_notifications_follow_and_show_what_is_published(village: Village) -> None:
    view = Watched(NotificationsView())
    told = {"notification": "n1", "kind": "mention", "room": "hall", "seq": 4, "from": "ann"}
    village.write(village.pen.append("account/bob", "notification.created", told, "system"))
    village.write(village.pen.append("account/bob", "notification.read", {"ids": ["n1"]}, "bob"))
    village.catch_up(view)
    assert view.read == {"log_events"}
    for unread in (False, True):
        question = NotificationsView().page("bob", "n1", unread, 9)
        assert ask(village, question) == {
            *("log_members", "log_mentions", "log_messages", "log_read_markers", "log_silenced"),
        }


LOOKUPS = {
    "SELECT type FROM log_events WHERE position > 1 AND position <= 9": "events USING INTEGER PRIMARY KEY",
    "SELECT text FROM log_texts WHERE position = 1": "body_rows USING INTEGER PRIMARY KEY",
    "SELECT body FROM log_messages WHERE room = 'r' AND seq = 1": "messages USING PRIMARY KEY",
    "SELECT stream FROM log_members WHERE account = 'a' AND stream > 'room/'": "members USING PRIMARY KEY",
    "SELECT private FROM log_rooms WHERE id = 'r'": "rooms USING PRIMARY KEY",
    "SELECT private FROM log_rooms WHERE space = 's'": "rooms USING INDEX rooms_by_space",
    "SELECT space FROM log_public_rooms WHERE account = 'a'": "own USING PRIMARY KEY",
    "SELECT seq FROM log_read_markers WHERE account = 'a' AND room = 'r'": "read_markers USING PRIMARY KEY",
}


@pytest.mark.parametrize("sql", LOOKUPS)
def test_conditions_on_what_is_published_reach_the_indexes_of_the_tables(village: Village, sql: str) -> None:
    steps = [step for *_, step in village.reader.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert steps[0].startswith(f"SEARCH {LOOKUPS[sql]} ("), steps
    assert not any(step.startswith(("SCAN", "MATERIALIZE", "CO-ROUTINE")) for step in steps), steps


@pytest.mark.parametrize("sql", [search_index.BATCH, search_page.PLACES, PAGE_OF_ALL, PAGE_OF_UNREAD])
def test_no_published_view_is_copied_before_it_is_searched(village: Village, sql: str) -> None:
    village.catch_up(SearchView())
    village.catch_up(NotificationsView())
    names = re.findall(r":([a-z]+)", sql)
    given: Any = dict.fromkeys(names) if names else ("ann", 9, 9)
    steps = [step for *_, step in village.reader.execute(f"EXPLAIN QUERY PLAN {sql}", given)]
    assert not any(name in step for step in steps for name in PUBLISHED), steps

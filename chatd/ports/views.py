"""Views: what is kept of the log apart from it, and can be dropped and built again.

Views live in a file of their own, written by a thread of its own, so that they cost the log nothing. A view
follows the log in batches, and its position is stored in the same transaction as what it learned. It reads
the log in SQL, so that no row passes through Python, but only what the log publishes: `PUBLISHED`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol, TypeVar

from msgspec import Struct

from chatd.contract.errors import Refusal
from chatd.contract.message import SearchMessages
from chatd.ports.rows import Row

T = TypeVar("T")

Question = Callable[[sqlite3.Connection], T]  # what `ViewStore.ask` runs

# What a view may read of the log: SQL views of the attached file, and their columns. `schema.sql` defines
# them and says what they show; all but `log_events` and `log_texts` show how things are now.
PUBLISHED: Final[Mapping[str, Sequence[str]]] = {
    "log_events": ("position", "stream", "seq", "type", "at", "by", "data"),
    "log_texts": ("position", "text"),
    "log_messages": ("room", "seq", "position", "body", "deleted"),
    "log_mentions": ("account", "room", "seq"),
    "log_silenced": ("account", "silent"),
    "log_members": ("account", "stream", "since", "until", "role"),
    "log_rooms": ("id", "space", "private", "deleted"),
    "log_public_rooms": ("account", "space"),
    "log_read_markers": ("account", "room", "seq"),
}


class View(Protocol):
    """One view. Its functions run on the thread of the views' file, in a transaction, with the log's file
    attached read-only, of which they read what is `PUBLISHED`."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> int:
        """Raised when `schema` or `follow` changes: the view is then built again."""

    @property
    def schema(self) -> str:
        """SQL that makes the view's tables, empty."""

    @property
    def tables(self) -> Sequence[str]: ...

    @property
    def unfinished(self) -> bool:
        """Whether it wants to be asked to `follow` again soon, even with nothing new (`after` = `upto`)."""

    def follow(self, connection: sqlite3.Connection, after: int, upto: int) -> bool:
        """Takes in the events in (`after`, `upto`]. Returns whether texts were erased by it.

        A view that keeps texts overwrites them in place or drops their table: deleted rows leave copies.
        """


class NotificationPage(Struct, frozen=True):
    """`rows` are `{id, kind, room, seq, from, at, quiet: bool, read: bool, scheduled, reason}`, newest first;
    `more`: there are older ones. `unread` counts all of the account's that are not read."""

    rows: list[Row]
    more: bool
    unread: int


class Notifications(View, Protocol):
    """What each account was notified of."""

    def page(
        self, account: str, after: str | None, unread: bool, limit: int
    ) -> Question[NotificationPage | None]:
        """Those older than the one with the id `after`; with `unread` only those not read. None when the
        account has no notification `after`. What was said of a deleted message is not listed."""


class Lag(Struct, frozen=True):
    """Where a view stands: its position, and the log's head at that look."""

    name: str
    position: int
    head: int


class ViewStore(Protocol):
    """The views' file. All raise StoreUnavailable."""

    async def follow(self, view: View, most: int) -> Lag:
        """Lets the view take in at most `most` events, in one transaction; then where it stands."""

    async def lag(self, view: View) -> Lag: ...

    async def drop(self, view: View) -> None:
        """Empties the view: it begins again at the log's beginning."""

    async def ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """A read-only question; what is `PUBLISHED` of the log can be read too. Interrupted when it takes too
        long."""


class SearchPage(Struct, frozen=True):
    """`hits` are `{room, seq, position, at, by, snippet, highlights: [(start, end), ...]}`, newest first,
    with highlights in characters of the snippet; `next` is the cursor of the next page, None at the end."""

    hits: list[Row]
    next: str | None


class Search(View, Protocol):
    """The words of all messages."""

    def find(
        self, account: str | None, operator: bool, query: SearchMessages
    ) -> Question[SearchPage] | Refusal:
        """A page of the messages that the account may read now; an operator may read all. `before` is
        not included in its range of time, `after` is."""

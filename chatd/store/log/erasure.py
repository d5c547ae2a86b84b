"""Erased texts must leave the disk, and the write-ahead log still holds pages that say them.

So it is emptied after a commit that erased: at once, but no more than once in `EVERY` seconds, because
each time costs two waits for the disk. It waits for no reader: while one looks at those pages this stays
due, and is tried again soon. The `Journal` asks, on the database thread.
"""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Final

import msgspec
from msgspec import json

from chatd.contract.events import ERASES
from chatd.ports import Append, DropBlobs, FinishErasures

EVERY: Final = 1.0
AGAIN: Final = 0.1


class Erasure(msgspec.Struct):
    """When to empty the write-ahead log. `clock` gives seconds."""

    clock: Callable[[], float]
    due: bool = False
    _not_before: float = -inf

    def wait(self) -> float | None:
        """Seconds until it may be done, 0 for now; None when nothing is due."""
        return max(0.0, self._not_before - self.clock()) if self.due else None

    def done(self) -> None:
        self.due = False
        self._not_before = self.clock() + EVERY

    def hindered(self) -> None:
        """By a reader, who will have looked soon."""
        self._not_before = self.clock() + AGAIN

    def failed(self) -> None:
        self._not_before = self.clock() + EVERY


def erases(appends: Sequence[Append]) -> bool:
    """Whether texts, or the hashes of erased files, leave the database with these, if they are written."""
    return any(
        any(fact.type in ERASES for fact in append.facts)
        or any(isinstance(write, (DropBlobs, FinishErasures)) for write in append.writes)
        for append in appends
    )


# --- the rows of an account beside the log -----------------------------------------------------------------

_OF_ACCOUNTS: Final = (
    *("credentials", "devices", "second_factors", "recovery_links", "identities"),
    *("drafts", "scheduled", "read_markers", "deliveries", "presence", "erasures"),
)
# Tables in which somebody's own words or secrets have stood. SQLite overwrites a row that is deleted, but not
# the copies of it that it left behind when it moved rows between pages. So these tables are written anew: the
# pages of the old ones are freed as a whole, and overwritten as a whole.
_REWRITTEN: Final = (
    *(
        "accounts",
        "account_names",
        "name_skeletons",
        "bookmarks",
        "preferences",
        "reports",
        "snapshots",
        "blocks",
    ),
    *("credentials", "devices", "second_factors", "recovery_links", "identities", "drafts", "scheduled"),
)


def forgetting(accounts: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """The statements, with their parameters, that leave nothing of these accounts beside the log."""
    those = json.encode(list(accounts)).decode()
    found: list[tuple[str, tuple[str, ...]]] = [
        (f"DELETE FROM {table} WHERE account IN (SELECT value FROM json_each(?))", (those,))
        for table in _OF_ACCOUNTS
    ]
    streams = "SELECT 'account/' || value FROM json_each(?)"
    found.append((f"DELETE FROM snapshots WHERE stream IN ({streams})", (those,)))
    for table in _REWRITTEN:
        found += [
            (f"CREATE TABLE rewritten AS SELECT * FROM {table}", ()),
            (f"DELETE FROM {table}", ()),
            (f"INSERT OR IGNORE INTO {table} SELECT * FROM rewritten", ()),
            ("DROP TABLE rewritten", ()),
        ]
    return found

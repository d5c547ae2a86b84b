"""Erased texts must leave the disk, and the write-ahead log still holds pages that say them.

So it is emptied after a commit that erased: at once, but no more than once in `EVERY` seconds, because
each time costs two waits for the disk. What retention erases, message by message for as long as it takes,
waits for `PATIENCE` seconds. It waits for no reader: while one looks at those pages this stays
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
from chatd.ports import Append, DropBlobs, FinishErasures, PutClusterKey

EVERY: Final = 1.0
AGAIN: Final = 0.1
PATIENCE: Final = 10.0


class Erasure(msgspec.Struct):
    """When to empty the write-ahead log. `clock` gives seconds."""

    clock: Callable[[], float]
    due: bool = False
    _not_before: float = -inf
    _patient_until: float = -inf

    def wait(self) -> float | None:
        """Seconds until it may be done, 0 for now; None when nothing is due."""
        return max(0.0, max(self._not_before, self._patient_until) - self.clock()) if self.due else None

    def expect(self, patient: bool) -> None:
        """Something is being erased; `patient`: by retention alone."""
        if not patient:
            self._patient_until = -inf
        elif not self.due:
            self._patient_until = self.clock() + PATIENCE
        self.due = True

    def done(self) -> None:
        self.due = False
        self._not_before = self.clock() + EVERY

    def hindered(self) -> None:
        """By a reader, who will have looked soon."""
        self._not_before = self.clock() + AGAIN

    def failed(self) -> None:
        self._not_before = self.clock() + EVERY


def erases(appends: Sequence[Append]) -> bool:
    """Whether texts, hashes of erased files or keys leave the database with these, if they are written."""
    if not ERASES.isdisjoint(fact.type for append in appends for fact in append.facts):
        return True
    writes = (write for append in appends for write in append.writes)
    return any(isinstance(write, (DropBlobs, FinishErasures, PutClusterKey)) for write in writes)


def patient(appends: Sequence[Append]) -> bool:
    """Whether nothing leaves but messages that are older than they are kept."""
    return all(
        all(fact.type not in ERASES or fact.data.get("retention", False) for fact in append.facts)
        and not any(isinstance(write, (DropBlobs, FinishErasures)) for write in append.writes)
        for append in appends
    )


# --- the rows of an account beside the log -----------------------------------------------------------------

_OF_ACCOUNTS: Final = (
    *("credentials", "pushes", "devices", "second_factors", "passkeys", "recovery_links", "identities"),
    *("drafts", "scheduled", "read_markers", "deliveries", "presence", "erasures"),
)
# The digest of a key by which an export calls a person stays with the stub, so that no newer export brings
# the person back. A key itself, of a database of before, goes; so does what the end of an import deletes.
_FORGET_KEYS: Final = """
    DELETE FROM import_people WHERE account IN (SELECT value FROM json_each(?)) AND (key NOT GLOB '#*'
        OR EXISTS (SELECT 1 FROM imports WHERE imports.id = import_people.import AND undone_at IS NOT NULL))
"""
_STUBS: Final = "UPDATE import_people SET import = NULL WHERE account IN (SELECT value FROM json_each(?))"

# Tables in which somebody's own words or secrets have stood. SQLite overwrites a row that is deleted, but not
# the copies of it that it left behind when it moved rows between pages. So these tables are written anew: the
# pages of the old ones are freed as a whole, and overwritten as a whole. Those that stand together are
# emptied together: a trigger takes what belongs to a device with it.
_REWRITTEN: Final = (
    *((table,) for table in ("accounts", "account_names", "name_skeletons", "bookmarks", "preferences")),
    *((table,) for table in ("reports", "snapshots", "blocks", "credentials", "second_factors")),
    *(
        (table,)
        for table in ("passkeys", "recovery_links", "identities", "drafts", "scheduled", "import_people")
    ),
    ("devices", "refresh_tokens", "pushes"),
)


def forgetting(accounts: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """The statements, with their parameters, that leave nothing of these accounts beside the log."""
    those = json.encode(list(accounts)).decode()
    found: list[tuple[str, tuple[str, ...]]] = [
        (f"DELETE FROM {table} WHERE account IN (SELECT value FROM json_each(?))", (those,))
        for table in _OF_ACCOUNTS
    ]
    found += [(sql, (those,)) for sql in (_FORGET_KEYS, _STUBS)]
    streams = "SELECT 'account/' || value FROM json_each(?)"
    found.append((f"DELETE FROM snapshots WHERE stream IN ({streams})", (those,)))
    for tables in _REWRITTEN:
        found += [(f"CREATE TABLE rewritten_{table} AS SELECT * FROM {table}", ()) for table in tables]
        found += [(f"DELETE FROM {table}", ()) for table in tables]
        for table in tables:
            found += [
                (f"INSERT OR IGNORE INTO {table} SELECT * FROM rewritten_{table}", ()),
                (f"DROP TABLE rewritten_{table}", ()),
            ]
    return found
